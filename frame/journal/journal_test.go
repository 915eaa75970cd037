package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

type grew struct {
	By int `json:"by"`
}

func (grew) Type() string { return "tree.grew" }
func (grew) Version() int { return 2 }

func TestOldVersionsAreReadForEver(t *testing.T) {
	var r Registry
	r.Register(grew{})
	if _, err := r.Decode("tree.grew", 1, []byte(`{"metres":3}`)); err == nil {
		t.Error("a version without a reader was read")
	}
	r.Older("tree.grew", 1, func(data []byte) (Event, error) {
		var old struct{ Metres int }
		err := json.Unmarshal(data, &old)
		return grew{old.Metres * 100}, err
	})
	for version, data := range map[int]string{1: `{"metres":3}`, 2: `{"by":300}`} {
		e, err := r.Decode("tree.grew", version, []byte(data))
		if err != nil || e != (grew{300}) {
			t.Errorf("version %d: %v, %v", version, e, err)
		}
	}
	if _, err := r.Decode("tree.fell", 1, nil); err == nil {
		t.Error("an unknown type was read")
	}
	defer func() {
		if recover() == nil {
			t.Error("a type was registered twice")
		}
	}()
	r.Register(grew{})
}

func act(t *rapid.T) *Act {
	code := rapid.StringMatching(`[a-z0-9/._-]{1,12}`)
	number := rapid.Int64Range(0, 1<<53)
	data, err := json.Marshal(rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "data"))
	if err != nil {
		t.Fatal(err)
	}
	a := &Act{Data: data, Salt: rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "salt")}
	a.Realm, a.Dossier = "r", "d"
	a.Type, a.Actor, a.Power, a.Policies = code.Draw(t, "type"), code.Draw(t, "actor"), code.Draw(t, "power"), code.Draw(t, "policies")
	a.Seq, a.Version = number.Draw(t, "seq"), int(rapid.IntRange(1, 9).Draw(t, "version"))
	a.Imported, a.Inferred, a.Private = rapid.Bool().Draw(t, "i"), rapid.Bool().Draw(t, "n"), rapid.Bool().Draw(t, "p")
	return a
}

// The canonical text reads back in one way only, and holds neither position, cause nor data.
func TestCanonicalIsUnambiguous(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := act(t)
		a.Label = "the label"
		text := a.Canonical()
		s, err := ParseCanonical(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want := Shown{
			a.Realm, a.Label, a.Seq, a.Type, int64(a.Version), a.Actor, a.Power, a.Policies, a.Happened, a.Recorded, a.Flags(),
			Digest(a.Sub("place"), []byte(fmt.Sprintf("%s %d %d", a.Dossier, a.Position, a.Cause))), Digest(a.Sub("data"), a.Data),
		}
		if *s != want {
			t.Fatalf("%+v reads back as %+v", want, *s)
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "byte")
		changed := bytes.Clone(text)
		changed[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if again, err := ParseCanonical(changed); err == nil && *again == *s {
			t.Fatalf("%q and %q read the same", text, changed)
		}
	})
}

// Any change of an act changes its commitment.
func TestCommitmentBindsEveryField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := act(t)
		before := a.Commit()
		changes := []func(*Act){
			func(a *Act) { a.Realm += "x" }, func(a *Act) { a.Position++ }, func(a *Act) { a.Dossier += "x" }, func(a *Act) { a.Seq++ },
			func(a *Act) { a.Type += "x" }, func(a *Act) { a.Version++ }, func(a *Act) { a.Actor += "x" }, func(a *Act) { a.Power += "x" },
			func(a *Act) { a.Policies += "x" }, func(a *Act) { a.Happened++ }, func(a *Act) { a.Recorded++ }, func(a *Act) { a.Cause++ },
			func(a *Act) { a.Imported = !a.Imported }, func(a *Act) { a.Inferred = !a.Inferred }, func(a *Act) { a.Private = !a.Private },
			func(a *Act) { a.Data = append(bytes.Clone(a.Data), ' ') },
			func(a *Act) { a.Salt = append(bytes.Clone(a.Salt[1:]), a.Salt[0]+1) },
		}
		changed := *a
		changes[rapid.IntRange(0, len(changes)-1).Draw(t, "change")](&changed)
		if bytes.Equal(before, changed.Commit()) {
			t.Fatalf("%+v and %+v have one commitment", a, changed)
		}
	})
}

func TestFlagsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := act(t)
		var b Act
		if err := b.SetFlags(a.Flags()); err != nil || b.Imported != a.Imported || b.Inferred != a.Inferred || b.Private != a.Private {
			t.Fatalf("%q: %v", a.Flags(), err)
		}
	})
	if err := new(Act).SetFlags("x"); err == nil || errors.Is(err, nil) {
		t.Error("an unknown flag was taken")
	}
}
