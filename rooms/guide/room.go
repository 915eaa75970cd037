package guide

import (
	"embed"
	"io/fs"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/store"
)

// Name is the room's name; its catalog is found under it.
const Name = "guide"

// Policies is who may do what in this room, as Cedar text.
//
//go:embed policies.cedar
var Policies []byte

// Schema is what policies may say of this room's dossiers, as a Cedar schema.
//
//go:embed schema.cedarschema
var Schema []byte

// Messages holds this room's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

//go:embed migrations/*.sql
var migrations embed.FS

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return clerk.Room{
		Name: Name, Policies: Policies, Schema: Schema, Migrations: files, Reactors: []clerk.Reactor{finds(ports)},
		Catalog: &clerk.Catalog{
			Kinds: []string{Kind}, Empty: (*Catalog)(nil),
			Learn: func(c any, acts []journal.Act, document func(string) ([]byte, error)) (any, error) {
				return c.(*Catalog).With(document, acts...)
			},
		},
		Kinds: []clerk.Kind{articleKind(ports), feedbackKind(ports)},
	}
}

func (p Ports) facts(v *clerk.View, t *clerk.Task) Facts {
	f := Facts{Asker: t.Actor, Imported: t.Imported, Calendar: p.Calendar(v), Article: CatalogIn(v).Article, Kept: FeedbackKept}
	if own, ok := v.Settings.Retention[KindFeedback]; ok {
		f.Kept = own.Days
	}
	return f
}

func articleKind(ports Ports) clerk.Kind {
	return clerk.Define(clerk.Def[State, Command, Facts]{
		Kind:     Kind,
		Events:   Events(),
		Commands: Commands(),
		Reads:    []clerk.Reading{ActionReadDraft},
		ID: func(c Command, _ civic.Position) civic.DossierID {
			if w, ok := c.(Write); ok {
				return ID(w.Article)
			}
			return ""
		},
		Evolve: Evolve,
		Facts: func(v *clerk.View, t *clerk.Task, c Command, s State, _ func(civic.DossierID) State) (Facts, civic.Refusals) {
			f := ports.facts(v, t)
			digest := ""
			switch c := c.(type) {
			case Write:
				digest = c.Digest
			case Publish:
				if s.Draft != nil {
					digest = s.Draft.Digest
				}
			}
			if text, ok := t.Documents[digest]; ok && digest != "" {
				if d, err := ReadKept(text); err == nil {
					f.Document = d
				}
			}
			return f, nil
		},
		At: func(f Facts, m clerk.Moment) Facts { f.Now = m.Now; return f },
		Resource: func(_ *clerk.View, t *clerk.Task, s State, c Command, _ Facts) types.Entity {
			return Resource(t.Dossier, s, c)
		},
		Decide: Decide,
		Wake:   Wake,
		Tick:   func() Command { return Tick{} },
		Notes:  notes,
	})
}

// Resource is an article as Cedar sees it; one that is to begin is of the body that the command says.
func Resource(id civic.DossierID, s State, c Command) types.Entity {
	body := s.Body
	if w, ok := c.(Write); ok && body == "" {
		body = w.Body
	}
	attrs := types.RecordMap{"body": types.NewEntityUID("Body", types.String(body))}
	if s.Draft != nil && s.Draft.By != "" {
		attrs["drafter"] = types.NewEntityUID("Post", types.String(s.Draft.By))
	}
	return types.Entity{UID: types.NewEntityUID("Article", types.String(id)), Attributes: types.NewRecord(attrs)}
}

func feedbackKind(ports Ports) clerk.Kind {
	return clerk.Define(clerk.Def[Feedback, Command, Facts]{
		Kind:     KindFeedback,
		Events:   FeedbackEvents(),
		Commands: FeedbackCommands(),
		Reads:    []clerk.Reading{ActionReadFeedback},
		ID: func(c Command, _ civic.Position) civic.DossierID {
			if tell, ok := c.(Tell); ok {
				return feedbackID(tell.Random)
			}
			return ""
		},
		Evolve: EvolveFeedback,
		Facts: func(v *clerk.View, t *clerk.Task, _ Command, _ Feedback, _ func(civic.DossierID) Feedback) (Facts, civic.Refusals) {
			return ports.facts(v, t), nil
		},
		At: func(f Facts, m clerk.Moment) Facts { f.Now = m.Now; return f },
		Resource: func(_ *clerk.View, t *clerk.Task, s Feedback, c Command, _ Facts) types.Entity {
			return FeedbackResource(t.Dossier, s, c)
		},
		Decide: DecideFeedback,
		Tables: []*store.Table{FeedbackTable},
		Rows:   feedbackRows,
		Wake:   WakeFeedback,
		Tick:   func() Command { return Forget{} },
		Box:    func(s Feedback) string { return s.Box },
	})
}

// FeedbackResource is feedback as Cedar sees it.
func FeedbackResource(id civic.DossierID, s Feedback, c Command) types.Entity {
	body := s.Body
	if tell, ok := c.(Tell); ok && body == "" {
		body = tell.Body
	}
	return types.Entity{UID: types.NewEntityUID("Feedback", types.String(id)),
		Attributes: types.NewRecord(types.RecordMap{"body": types.NewEntityUID("Body", types.String(body))})}
}

// FeedbackTable has one row an answer; box is empty where no words are kept.
var FeedbackTable = &store.Table{Name: "guide_feedback", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t dossier:t article:t version:i answered:i missing:t box:t at:i")}

func feedbackRows(realm civic.Realm, id civic.DossierID, s Feedback) []store.Write {
	answered := int64(0)
	if s.Answered {
		answered = 1
	}
	return []store.Write{{Table: FeedbackTable, Row: store.Row{
		string(realm), string(id), s.Article, int64(s.Of), answered, s.Missing, s.Box, int64(s.At),
	}}}
}

// notes tell the owner that a review date has passed, where the realm knows an address of it.
func notes(v *clerk.View, id civic.DossierID, _, after State, a journal.Act) []courier.Note {
	e, ok := a.Event.(Overdue)
	if !ok || v.Settings.Addresses[string(after.Body)] == "" {
		return nil
	}
	return []courier.Note{{To: courier.ToBody(after.Body), Kind: a.Type, Key: "guide.note.overdue", Args: map[string]any{"article": id.Key(), "due": int64(e.Review)}}}
}
