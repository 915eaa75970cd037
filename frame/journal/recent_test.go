package journal

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"skein/frame/civic"
)

// What is remembered is what was added, wherever one asks; the content of an act is there if somebody follows its type.
func TestRecent(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	r := &Recent{}
	r.KeepWhole("whole")
	r.Begin(7)
	if r.End() != 7 || r.After(0, 7, 10) != nil || r.After(7, 9, 10) != nil {
		t.Error("nothing was added")
	}
	at := civic.Position(7)
	add := func(n int) {
		acts := make([]Act, n)
		for i := range acts {
			at++
			acts[i] = Act{Position: at, Type: []string{"whole", "head"}[at%2], Data: fmt.Appendf(nil, "%d", at), Commitment: fmt.Appendf(nil, "c%d", at)}
		}
		r.Add(acts)
	}
	check := func(after civic.Position, most int) (found int) {
		acts := r.After(after, at, most)
		for i, a := range acts {
			want := ""
			if a.Type == "whole" {
				want = fmt.Sprint(a.Position)
			}
			if a.Position != after+civic.Position(i)+1 || string(a.Commitment) != fmt.Sprintf("c%d", a.Position) || string(a.Data) != want {
				t.Fatalf("after %d the %d. is %d with %s", after, i, a.Position, a.Data)
			}
		}
		return len(acts)
	}
	var shared []Act
	for at < 5*mostRecent {
		add(1 + rnd.IntN(400))
		if shared == nil {
			shared = r.After(7, at, 5)
		}
		if r.End() != at {
			t.Fatalf("ends at %d, not %d", r.End(), at)
		}
		if least := min(mostRecent, int(at-7)); check(at-civic.Position(least), 2*mostRecent) != least {
			t.Fatalf("at %d the last %d are not here", at, least)
		}
		if n := check(at-1, 10); n != 1 {
			t.Fatalf("the last act is %d", n)
		}
		if check(at, 10) != 0 || len(r.After(at-1, at-1, 10)) != 0 {
			t.Fatal("there is something behind the end")
		}
	}
	if r.After(7, at, 1) != nil {
		t.Error("nothing is forgotten")
	}
	if len(shared) == 0 || shared[0].Position != 8 {
		t.Error("what was given has changed")
	}
	at += 10 // another process wrote these
	add(3)
	if check(at-3, 10) != 3 || check(at-4, 10) != 0 {
		t.Error("a gap is passed over")
	}
	r.Begin(5)
	if at = 5; r.End() != 5 || check(4, 10) != 0 {
		t.Error("what was forgotten is here")
	}
	add(2)
	if check(5, 10) != 2 {
		t.Error("the journal does not go on")
	}
}
