package access

import (
	"context"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// What was read under a gate is in hand at once and may be shown only when it is recorded.
func TestGate(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		box, text, _ := w.box("one")
		if _, err := w.Open(t.Context(), who("pwd/first"), box, text); err != nil { // the head's row is there
			t.Fatal(err)
		}
		// Somebody holds the record: no reading can be committed.
		held, err := w.DB.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer held.Rollback()
		if _, err := lockHead(t.Context(), held, realm); err != nil {
			t.Fatal(err)
		}
		ctx, gate := w.Gated(t.Context())
		defer gate.Close()
		got, err := w.Open(ctx, who("pwd/head"), box, text)
		if err != nil || len(got) != 1 || string(got[0].Text) != "one" {
			t.Fatal(got, err)
		}
		again, err := w.Open(ctx, who("pwd/head"), box, text) // the same, before the first is recorded
		if err != nil || len(again) != 1 {
			t.Fatal(again, err)
		}
		opened := make(chan error, 1)
		go func() { opened <- gate.Wait(context.WithoutCancel(ctx)) }()
		impatient, leave := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer leave()
		other, second := w.Gated(t.Context())
		if _, err := w.Open(other, who("pwd/other"), box, text); err != nil {
			t.Fatal(err)
		}
		if err := second.Wait(impatient); err == nil {
			t.Error("the gate opened for one who left before her reading was recorded")
		}
		select {
		case err := <-opened:
			t.Fatal("the gate opened before the reading was recorded", err)
		case <-time.After(50 * time.Millisecond):
		}
		if rows := w.of(box); len(rows) != 1 {
			t.Fatal(rows)
		}
		if err := held.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := <-opened; err != nil {
			t.Fatal(err)
		}
		if rows := w.of(box); len(rows) < 2 {
			t.Errorf("the gate opened and the record has %v", rows)
		}
		gate.Close()
		second.Close()
		if w.mu.Lock(); w.answering != 0 {
			t.Errorf("%d answers are waited for that are none", w.answering)
		}
		w.mu.Unlock()

		w.pass(time.Minute)
		w.exec("ALTER TABLE access_readings RENAME TO away")
		ctx, gate = w.Gated(t.Context())
		defer gate.Close()
		if _, err := w.Open(ctx, who("pwd/head"), box, text); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			err := gate.Wait(t.Context())
			if rs, ok := civic.AsRefusals(err); !ok || rs[0].Key != "access.unrecorded" {
				t.Error(err)
			}
		}
		w.exec("ALTER TABLE away RENAME TO access_readings")
		if err := w.DB.Update(t.Context(), func(tx *store.Tx) error { _, err := lockHead(t.Context(), tx, realm); return err }); err != nil {
			t.Fatal(err)
		}
		ctx, gate = w.Gated(t.Context())
		defer gate.Close()
		if _, err := w.Open(ctx, who("pwd/head"), box, text); err != nil || gate.Wait(t.Context()) != nil {
			t.Error("a fault outlives its cause", err)
		}
	})
}
