package matter

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/internal/samples"
)

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	samples.DecodeForEver(t, registry(), samples.Filled(Events())...)
	samples.DecodeForEver(t, meetingRegistry(), samples.Filled(MeetingEvents())...)
}

// No event has a field for a name, a contact or a text in the open; a person is only ever an id.
func TestEventsHoldNoPrivateWords(t *testing.T) {
	var walk func(path string, v reflect.Type)
	walk = func(path string, v reflect.Type) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(path, v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Field(i)
				name := strings.ToLower(f.Name)
				for _, word := range []string{"name", "phone", "mail", "contactdetails", "description", "street"} {
					if strings.Contains(name, word) {
						t.Errorf("%s.%s", path, f.Name)
					}
				}
				if tag := f.Tag.Get("json"); !f.Anonymous && (tag == "" || tag != strings.ToLower(tag)) {
					t.Errorf("%s.%s has the tag %q", path, f.Name, tag)
				}
				walk(path+"."+f.Name, f.Type)
			}
		}
	}
	for _, e := range Events() {
		walk(e.Type(), reflect.TypeOf(e))
	}
}

// FuzzEvents: whatever JSON an event decodes from, it encodes to something stable.
func FuzzEvents(f *testing.F) {
	for i, e := range Events() {
		data, err := journal.Encode(samples.Of(e))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), []byte(data))
		f.Add(uint8(i), []byte(`{}`))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		events := Events()
		e := events[int(which)%len(events)]
		first, err := registry().Decode(e.Type(), 1, data)
		if err != nil {
			return
		}
		one, err := journal.Encode(first)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(one, "\n\r") {
			t.Fatalf("%s has a line break in it", one)
		}
		second, err := registry().Decode(e.Type(), 1, one)
		if err != nil {
			t.Fatalf("%s: its own JSON is not read: %v", e.Type(), err)
		}
		two, err := journal.Encode(second)
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%s: %s then %s (%v)", e.Type(), one, two, err)
		}
		// And no fold of it panics, in a matter that is anywhere.
		for _, s := range []State{{}, {Seq: 1, Status: StatusWorking, Round: Round{No: 1}}, {Seq: 1, Status: StatusPaused, Main: "x"}} {
			n := Evolve(s, journal.Act{Dossier: "matter/00000001", Seq: s.Seq + 1, Type: e.Type(), Actor: "post:a/b", Happened: 1, Event: first})
			Wake(n)
			Visible(n, Eyes{})
			tell(journal.Act{Type: e.Type(), Event: first})
		}
	})
}

// FuzzCommands: commands come as JSON from outside; Decide refuses or drafts, and never panics.
func FuzzCommands(f *testing.F) {
	for i, c := range Commands() {
		v := reflect.New(reflect.TypeOf(c)).Elem()
		samples.Fill(v)
		data, err := json.Marshal(v.Interface())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), []byte(data))
	}
	f.Add(uint8(0), []byte(`{"kind":"request","category":"roads.lamp","place":"ward-3","channel":"web","external":"'; DROP TABLE matters;--\u202e"}`))
	f.Add(uint8(15), []byte(`{"parts":[{"text":"x"},{}]}`))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		commands := Commands()
		v := reflect.New(reflect.TypeOf(commands[int(which)%len(commands)]))
		if json.Unmarshal(data, v.Interface()) != nil {
			return
		}
		c := v.Elem().Interface().(Command)
		for _, given := range [][]move{nil, reported, accepted, answered, paused} {
			for _, imported := range []bool{false, true} {
				w := newWorld(t)
				id := w.given(given...)
				w.imported = imported
				drafts, refusals := w.do(id, c, civic.Actor{Kind: civic.Post, Post: "pwd/head", For: "ann"}, after("1d2h"))
				if len(drafts) > 0 && len(refusals) > 0 {
					t.Fatal(c, refusals)
				}
				for _, d := range drafts {
					data, err := journal.Encode(d.Event)
					if err != nil {
						t.Fatal(err)
					}
					for _, bad := range []string{"\u202e", "\\u0000", "\\u001b", "\u2066"} {
						if bytes.Contains(data, []byte(bad)) {
							t.Fatalf("%q stands in %s", bad, data)
						}
					}
				}
			}
		}
	})
}
