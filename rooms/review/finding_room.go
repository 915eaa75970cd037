package review

import (
	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/procedure"
	"skein/frame/store"
)

func findingKind(ports Ports) clerk.Kind {
	return clerk.Define(clerk.Def[Finding, Command, Facts]{
		Kind:     KindFinding,
		Events:   FindingEvents(),
		Commands: FindingCommands(),
		ID: func(c Command, _ civic.Position) civic.DossierID {
			return FindingID(subjectOf(c, Finding{}))
		},
		Evolve: EvolveFinding,
		Facts: func(v *clerk.View, t *clerk.Task, _ Command, _ Finding, _ func(civic.DossierID) Finding) (Facts, civic.Refusals) {
			return Facts{Asker: t.Actor, Rules: ports.Rules(v), Bodies: ports.Bodies(v), Calendars: ports.Calendars(v)}, nil
		},
		At: func(f Facts, m clerk.Moment) Facts {
			f.Now, f.Position = m.Now, m.Position
			return f
		},
		Resource: func(_ *clerk.View, t *clerk.Task, s Finding, c Command, f Facts) types.Entity {
			attrs, parents := FindingResource(s, subjectOf(c, s), f.Bodies)
			return types.Entity{UID: types.NewEntityUID("Finding", types.String(t.Dossier)), Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}
		},
		Decide: DecideFinding,
		Tables: []*store.Table{FindingTable},
		Rows:   findingRows,
		Wake:   WakeFinding,
		Tick:   func() Command { return Remind{} },
		Notes:  findingNotes,
	})
}

// FindingID is the dossier of the finding on something.
func FindingID(s Subject) civic.DossierID { return civic.DossierID(KindFinding + "/" + s.code()) }

// subjectOf is what a finding is about; one to be begun is about what the command says.
func subjectOf(c Command, s Finding) Subject {
	if s.Exists() {
		return s.Subject
	}
	switch c := c.(type) {
	case Examine:
		return c.About
	case Recommend:
		return c.About
	}
	return Subject{}
}

// FindingResource is a finding as the policies see it. It lies in the realm's root: who reviews for the whole realm examines.
func FindingResource(s Finding, about Subject, bodies Bodies) (types.Record, []types.EntityUID) {
	var kept []types.Value
	for _, p := range bodies.Reviewers() {
		if procedure.KeptOut(bodies, p, about.Posts, []civic.BodyID{about.Body}) {
			kept = append(kept, types.NewEntityUID("Post", types.String(p)))
		}
	}
	attrs := types.RecordMap{
		"state": types.String(s.Status), "body": types.NewEntityUID("Body", types.String(about.Body)), "kept": types.NewSet(kept...),
	}
	if s.By != "" {
		attrs["by"] = types.NewEntityUID("Post", types.String(s.By))
	}
	return types.NewRecord(attrs), []types.EntityUID{types.NewEntityUID("Place", types.String(bodies.Root()))}
}

// FindingTable has one row a finding.
var FindingTable = &store.Table{Name: "findings", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t dossier:t subject:t thing:t digest:t body:t status:t recommended:i opened:i due:i")}

func findingRows(realm civic.Realm, id civic.DossierID, s Finding) []store.Write {
	recommended := int64(0)
	if s.Recommended {
		recommended = 1
	}
	return []store.Write{{Table: FindingTable, Row: store.Row{
		string(realm), string(id), s.Subject.Kind, s.Subject.ID, s.Subject.Digest, string(s.Subject.Body), string(s.Status), recommended,
		int64(s.Case.Opened), int64(s.Due()),
	}}}
}

func findingNotes(v *clerk.View, id civic.DossierID, _, after Finding, a journal.Act) []courier.Note {
	var out []courier.Note
	body := func(b civic.BodyID, key string, due civic.Instant) {
		if b != "" && v.Settings.Addresses[string(b)] != "" {
			out = append(out, courier.Note{To: courier.ToBody(b), Kind: a.Type, Key: key, Args: map[string]any{"finding": id.Key(), "due": int64(due)}})
		}
	}
	switch e := a.Event.(type) {
	case Examined:
		body(after.Subject.Body, "review.note.examined", e.ReplyBy.Due)
	case Found:
		if e.Unlawful {
			body(after.Subject.Body, "review.note.unlawful", e.AnswerBy.Due)
		}
	case Recommended:
		body(after.Subject.Body, "review.note.recommended", e.AnswerBy.Due)
	case Reminded:
		body(e.Body, "review.note.reminded", e.Due)
	}
	return out
}
