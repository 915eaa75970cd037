package powers

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/internal/samples"
)

const (
	keeper civic.PostID = "pwd/keeper"
	chair  civic.PostID = "office/chair"
)

func post(p civic.PostID) civic.Actor { return civic.Actor{Kind: civic.Post, Post: p} }

func digest(text string) string { return journal.DocumentDigest([]byte(text)) }

func act(e journal.Event, position civic.Position) journal.Act {
	return journal.Act{Dossier: ListID, Event: e, Position: position, Happened: civic.Instant(position) * 1_000_000}
}

func fold(events ...journal.Event) State {
	var s State
	for i, e := range events {
		s = Evolve(s, act(e, civic.Position(i+1)))
	}
	return s
}

func TestDecide(t *testing.T) {
	proposed := Proposed{Number: 1, Digest: digest("1"), Rules: 2, By: keeper}
	adopted := Adopted{Number: 1, Digest: digest("1"), Rules: 2, Proposal: 1, ProposedBy: keeper, ApprovedBy: chair}
	doc := func(text string) *Document { return &Document{Digest: digest(text), Rules: 2} }
	for _, c := range []struct {
		name    string
		given   []journal.Event
		by      civic.Actor
		when    Command
		doc     *Document
		then    journal.Event
		refused []string
	}{
		{name: "the first proposal", by: post(keeper), when: Propose{Digest: digest("1"), Note: digest("why")}, doc: doc("1"),
			then: Proposed{Number: 1, Digest: digest("1"), Rules: 2, By: keeper, Note: digest("why")}},
		{name: "while one waits", given: []journal.Event{proposed}, by: post(chair), when: Propose{Digest: digest("2")}, doc: doc("2"), refused: []string{"powers.one_waits"}},
		{name: "no document, a bad note", by: post(keeper), when: Propose{Digest: "x", Note: "y"}, refused: []string{"powers.digest_form note", "powers.document_missing digest"}},
		{name: "another document", by: post(keeper), when: Propose{Digest: digest("1")}, doc: doc("2"), refused: []string{"powers.document_other digest"}},
		{name: "a document with faults", by: post(keeper), when: Propose{Digest: digest("1")},
			doc: &Document{Refusals: civic.Refusals{civic.Refuse(civic.Invalid, "power.permit_who").In("policy 1")}}, refused: []string{"power.permit_who policy 1"}},
		{name: "what is in force", given: []journal.Event{proposed, adopted}, by: post(keeper), when: Propose{Digest: digest("1")}, doc: doc("1"), refused: []string{"powers.same digest"}},
		{name: "nothing, where there is nothing", by: post(keeper), when: Propose{Digest: digest("")}, doc: doc(""), refused: []string{"powers.same digest"}},
		{name: "nothing, to end them all", given: []journal.Event{proposed, adopted}, by: post(keeper), when: Propose{Digest: digest("")}, doc: &Document{Digest: digest("")},
			then: Proposed{Number: 2, Digest: digest(""), By: keeper}},
		{name: "a resident", by: civic.Actor{Kind: civic.Resident}, when: Propose{Digest: digest("1")}, doc: doc("1"), refused: []string{"powers.no_post"}},
		{name: "the operator", by: civic.Actor{Kind: civic.Operator, Post: keeper}, when: Propose{Digest: digest("1")}, doc: doc("1"), refused: []string{"powers.no_post"}},

		{name: "another post approves", given: []journal.Event{proposed}, by: post(chair), when: Approve{1, digest("1")}, doc: doc("1"), then: adopted},
		{name: "the same post does not", given: []journal.Event{proposed}, by: post(keeper), when: Approve{1, digest("1")}, doc: doc("1"), refused: []string{"powers.two_posts"}},
		{name: "what was not read", given: []journal.Event{proposed}, by: post(chair), when: Approve{1, digest("2")}, doc: doc("1"), refused: []string{"powers.not_read digest"}},
		{name: "another one", given: []journal.Event{proposed}, by: post(chair), when: Approve{2, digest("1")}, doc: doc("1"), refused: []string{"powers.other_waits proposal"}},
		{name: "nothing waits", by: post(chair), when: Approve{1, digest("1")}, refused: []string{"powers.none_waits proposal"}},
		{name: "twice", given: []journal.Event{proposed, adopted}, by: post(chair), when: Approve{1, digest("1")}, doc: doc("1"), refused: []string{"powers.none_waits proposal"}},
		{name: "what this release knows no more", given: []journal.Event{proposed}, by: post(chair), when: Approve{1, digest("1")},
			doc: &Document{Refusals: civic.Refusals{civic.Refuse(civic.Invalid, "power.action_unknown").In("policy 1")}}, refused: []string{"power.action_unknown policy 1"}},

		{name: "reject", given: []journal.Event{proposed}, by: post(chair), when: Reject{1, digest("why")}, then: Rejected{1, chair, digest("why")}},
		{name: "reject nothing", by: post(chair), when: Reject{Proposal: 1, Note: "y"}, refused: []string{"powers.none_waits proposal", "powers.digest_form note"}},
		{name: "withdraw", given: []journal.Event{proposed}, by: post(keeper), when: Withdraw{1}, then: Withdrawn{1}},
		{name: "withdraw another's", given: []journal.Event{proposed}, by: post(chair), when: Withdraw{1}, refused: []string{"powers.not_yours proposal"}},
		{name: "numbers go on", given: []journal.Event{proposed, Withdrawn{1}}, by: post(keeper), when: Propose{Digest: digest("1")}, doc: doc("1"),
			then: Proposed{Number: 2, Digest: digest("1"), Rules: 2, By: keeper}},
	} {
		t.Run(c.name, func(t *testing.T) {
			drafts, refusals := Decide(fold(c.given...), c.when, Facts{Asker: c.by, Document: c.doc})
			var got []string
			for _, r := range refusals {
				got = append(got, strings.TrimSpace(r.Key+" "+r.Field))
			}
			if diff := cmp.Diff(c.refused, got); diff != "" {
				t.Errorf("refused: %s", diff)
			}
			var want []journal.Draft
			if c.then != nil {
				want = []journal.Draft{{Event: c.then}}
			}
			if diff := cmp.Diff(want, drafts); diff != "" {
				t.Errorf("acts: %s", diff)
			}
		})
	}
}

// Over random histories: numbers are dense, two posts stand behind each version, at most one
// waits, what is in force was approved as it was proposed, and no earlier state is changed.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s State
		texts := map[string]string{} // of proposals, by number and digest
		position := civic.Position(0)
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			by := post(rapid.SampledFrom([]civic.PostID{keeper, chair, "pwd/head"}).Draw(t, "by"))
			text := rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "text")
			number := rapid.IntRange(max(0, s.Proposals-1), s.Proposals+1).Draw(t, "number")
			var c Command
			f := Facts{Asker: by, Document: &Document{Digest: digest(text)}}
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				c = Propose{Digest: digest(text)}
			case 1:
				if s.Waiting != nil {
					f.Document.Digest = s.Waiting.Digest
				}
				c = Approve{number, digest(text)}
			case 2:
				c = Reject{Proposal: number}
			default:
				c = Withdraw{number}
			}
			before, _ := json.Marshal(s)
			drafts, refusals := Decide(s, c, f)
			if (len(drafts) == 1) == (len(refusals) > 0) {
				t.Fatalf("%T: %d acts, refused with %v", c, len(drafts), refusals)
			}
			old := s
			for _, d := range drafts {
				position++
				s = Evolve(s, act(d.Event, position))
				if e, ok := d.Event.(Proposed); ok {
					texts[e.Digest] = text
				}
			}
			if after, _ := json.Marshal(old); string(before) != string(after) {
				t.Fatal("a state was changed")
			}
			for i, v := range s.Versions {
				if v.Number != i+1 || v.ProposedBy == v.ApprovedBy || v.ProposedBy == "" || v.ApprovedBy == "" {
					t.Fatalf("version %+v", v)
				}
				if _, proposed := texts[v.Digest]; !proposed {
					t.Fatalf("version %d was never proposed", v.Number)
				}
			}
			if s.Waiting != nil && (s.Waiting.Number != s.Proposals || s.Waiting.Digest == s.InForce()) {
				t.Fatalf("waiting %+v", s.Waiting)
			}
		}
	})
}

// Every act of a version names a document that is kept; a lost or forged one is an error.
func TestCatalog(t *testing.T) {
	text := "@id(\"own.a\")\n@law(\"x\")\n@title_en(\"x\")\n@title_zh(\"x\")\npermit (\n    principal is Post,\n    action == Action::\"thing.write\",\n    resource\n);\n"
	more := text + "\n" + strings.Replace(text, "own.a", "own.b", 1)
	changed := strings.Replace(more, `"x"`, `"y"`, 1)
	kept := map[string][]byte{}
	for _, d := range []string{text, more, changed} {
		kept[digest(d)] = []byte(d)
	}
	document := func(d string) ([]byte, error) {
		if text, ok := kept[d]; ok {
			return text, nil
		}
		return nil, errors.New("lost")
	}
	var c *Catalog
	if len(c.Own()) > 0 {
		t.Error("rules before the first version")
	}
	position := civic.Position(0)
	for i, d := range []string{text, more, changed} {
		next, err := c.With(document, act(Proposed{Number: i + 1, Digest: digest(d), By: keeper}, position+1))
		if err != nil || string(next.Own()) != string(c.Own()) {
			t.Fatalf("a proposal changed what is in force (%v)", err)
		}
		if c, err = next.With(document, act(Adopted{Number: i + 1, Digest: digest(d), Proposal: i + 1, ProposedBy: keeper, ApprovedBy: chair}, position+2)); err != nil {
			t.Fatal(err)
		}
		if position += 2; string(c.Own()) != d {
			t.Errorf("in force: %s", c.Own())
		}
	}
	since := c.Since(set(t))
	if since["own.a"].Number != 3 || since["own.b"].Number != 2 || len(since) != 2 {
		t.Errorf("since %v", since)
	}
	if _, err := c.With(document, act(Proposed{Number: 4, Digest: digest("lost"), By: keeper}, 9)); err == nil {
		t.Error("a lost document is no error")
	}
	kept[digest("forged")] = []byte("other")
	if _, err := c.With(document, act(Proposed{Number: 4, Digest: digest("forged"), By: keeper}, 9)); err == nil {
		t.Error("a forged document is no error")
	}
}

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	var r journal.Registry
	r.Register(Events()...)
	samples.DecodeForEver(t, &r,
		Proposed{Number: 2, Digest: digest("2"), Rules: 3, By: keeper, Note: digest("why")},
		Adopted{Number: 1, Digest: digest("2"), Rules: 3, Proposal: 2, ProposedBy: keeper, ApprovedBy: chair},
		Rejected{Proposal: 2, By: chair, Note: digest("why")},
		Withdrawn{Proposal: 2},
	)
}

// FuzzProposing holds that text from outside is refused in words or becomes what can be kept.
func FuzzProposing(f *testing.F) {
	f.Add([]byte(`@id("own.a") @law("x") @title_en("x") @title_zh("x") permit (principal is Post, action == Action::"thing.write", resource);`))
	f.Add([]byte(`@id("own.a") @law("x") @title_en("x") @title_zh("x") forbid (principal is Post, action == Action::"thing.read", resource) when { principal.kind == "public" };`))
	shipped := set(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		canonical, rules, refusals := shipped.Read(text)
		if len(refusals) > 0 {
			for _, r := range refusals {
				if !slices.Contains([]civic.Kind{civic.Invalid, civic.TooLarge}, r.Kind) {
					t.Fatalf("refused with %v", r)
				}
			}
			return
		}
		d := read(shipped, canonical)
		if len(d.Refusals) > 0 || d.Rules != len(rules) || d.Digest != journal.DocumentDigest(canonical) {
			t.Fatalf("%d rules, read again as %+v", len(rules), d)
		}
	})
}
