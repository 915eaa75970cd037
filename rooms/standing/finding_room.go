package standing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/procedure"
	"skein/frame/store"
)

// ActionReadFinding is to read the file of a finding; what stands everyone reads.
const ActionReadFinding = "merit.read"

// FindingCalendars reckons limits; the value is an immutable snapshot.
type FindingCalendars interface {
	// Due returns when a limit that begins at start runs out by the calendar id ("" is the realm's own), and whether the
	// calendar is not yet known that far ahead. The error is a civic.Refusal.
	Due(calendar string, start civic.Instant, limit string) (due civic.Instant, provisional bool, err error)
}

// FindingBodies is an immutable snapshot of the register of bodies.
type FindingBodies interface {
	procedure.Ranks
	// Deciders are the open posts of coordinating bodies that rule.
	Deciders() []civic.PostID
	// Coordinator is the coordinating body of the first place in a chain that has one; without a chain the realm's.
	Coordinator(places []civic.PlaceID) civic.BodyID
	// Root is the place that holds all others.
	Root() civic.PlaceID
}

// FindingPorts are the other rooms' answers.
type FindingPorts struct {
	Rules     func(*clerk.View) *FindingRules
	Bodies    func(*clerk.View) FindingBodies
	Calendars func(*clerk.View) FindingCalendars
	// Act is an act of a matter that everyone may see, and Review a legal review that came to unlawful; a refusal where there is none.
	Act    func(ctx context.Context, r *clerk.Realm, number string, act int64) (Cited, error)
	Review func(ctx context.Context, r *clerk.Realm, code string) (Cited, error)
	// Openly reports whether everyone may see what a finding cites now.
	Openly func(ctx context.Context, r *clerk.Realm, c Cited) bool
}

func findingKind(ports FindingPorts) clerk.Kind {
	return clerk.Define(clerk.Def[Finding, FindingCommand, FindingFacts]{
		Kind:     KindFinding,
		Events:   FindingEvents(),
		Commands: FindingCommands(),
		Reads:    []clerk.Reading{ActionReadFinding},
		ID: func(c FindingCommand, _ civic.Position) civic.DossierID {
			p, _ := c.(ProposeFinding)
			return FindingID(p.Nature, p.Cited)
		},
		Evolve: EvolveFinding,
		Facts: func(v *clerk.View, t *clerk.Task, _ FindingCommand, _ Finding, _ func(civic.DossierID) Finding) (FindingFacts, civic.Refusals) {
			return FindingFacts{Asker: t.Actor, Rules: ports.Rules(v), Bodies: ports.Bodies(v), Calendars: ports.Calendars(v)}, nil
		},
		At: func(f FindingFacts, m clerk.Moment) FindingFacts {
			f.Now = m.Now
			return f
		},
		Resource: func(_ *clerk.View, t *clerk.Task, s Finding, c FindingCommand, f FindingFacts) types.Entity {
			if p, ok := c.(ProposeFinding); ok && !s.Exists() {
				s.Cited = p.Cited
			}
			attrs, parents := FindingResource(s, f.Bodies)
			return types.Entity{UID: types.NewEntityUID("Merit", types.String(t.Dossier)), Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}
		},
		Decide: DecideFinding,
		Tables: []*store.Table{FindingTable},
		Rows:   findingTableRows,
		Wake:   WakeFinding,
		Tick:   func() FindingCommand { return TickFinding{} },
		Notes:  findingNotes,
	})
}

// FindingResource is a finding as the policies see it. It lies in the realm's root: the coordinating body of the whole realm decides.
func FindingResource(s Finding, bodies FindingBodies) (types.Record, []types.EntityUID) {
	var kept []types.Value
	for _, p := range bodies.Deciders() {
		if s.kept(bodies, p) {
			kept = append(kept, types.NewEntityUID("Post", types.String(p)))
		}
	}
	attrs := types.RecordMap{
		"state": types.String(s.Status), "body": types.NewEntityUID("Body", types.String(s.Cited.Body)), "kept": types.NewSet(kept...),
	}
	if s.Proposer != "" {
		attrs["put_by"] = types.NewEntityUID("Post", types.String(s.Proposer))
	}
	return types.NewRecord(attrs), []types.EntityUID{types.NewEntityUID("Place", types.String(bodies.Root()))}
}

// FindingTable has one row a finding, by body. It has no post: nothing lists, counts or finds by one.
var FindingTable = &store.Table{Name: "merits", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t dossier:t nature:t body:t status:t decided:i expires:i")}

func findingTableRows(realm civic.Realm, id civic.DossierID, s Finding) []store.Write {
	return []store.Write{{Table: FindingTable, Row: store.Row{
		string(realm), string(id), string(s.Nature), string(s.Cited.Body), string(s.Status), int64(s.Case.Decided), int64(s.Expires.Due),
	}}}
}

func findingNotes(v *clerk.View, id civic.DossierID, _, after Finding, a journal.Act) []courier.Note {
	var out []courier.Note
	body := func(b civic.BodyID, key string, due civic.Instant) {
		if b != "" && v.Settings.Addresses[string(b)] != "" {
			out = append(out, courier.Note{To: courier.ToBody(b), Kind: a.Type, Key: key, Args: map[string]any{"merit": id.Key(), "due": int64(due)}})
		}
	}
	switch e := a.Event.(type) {
	case FindingPut:
		body(after.Cited.Body, "merit.note.proposed_"+string(e.Nature), e.ReplyBy.Due)
	case FindingHearingCalled:
		body(after.Cited.Body, "merit.note.hearing", e.At)
	case FindingDecided:
		if e.Found {
			body(after.Cited.Body, "merit.note.found", e.Contest.Due)
		} else {
			body(after.Cited.Body, "merit.note.unproved", 0)
		}
	case FindingObeyed:
		body(after.Cited.Body, "merit.note.obeyed", 0)
	case FindingReminded:
		body(e.Body, "merit.note.reminded", e.Due)
	}
	return out
}

// findingReactors follow reviews: what is decided of a finding that was appealed is done.
func findingReactors() []clerk.Reactor {
	return []clerk.Reactor{{Name: "merit.obeys", Types: []string{"review.decided", "review.withdrawn"}, React: findingObeys}}
}

func findingObeys(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	acts, err := r.Acts(ctx, a.Dossier)
	if err != nil {
		return err
	}
	var opened struct {
		Matter civic.DossierID `json:"matter"`
		Act    int64           `json:"act"`
	}
	first := slices.IndexFunc(acts, func(b journal.Act) bool { return b.Type == "review.opened" })
	if first < 0 {
		return fmt.Errorf("standing: %s was never opened", a.Dossier)
	}
	if err := json.Unmarshal(acts[first].Data, &opened); err != nil {
		return err
	}
	if opened.Matter.Kind() != KindFinding {
		return nil // of a matter
	}
	c := ObeyFinding{}
	if err := json.Unmarshal(a.Data, &c); err != nil {
		return err
	}
	if c.Act, c.Appeal = opened.Act, a.Dossier; a.Type == "review.withdrawn" {
		c.Result = "withdrawn"
	}
	_, err = r.Do(ctx, clerk.Task{
		Command: c, Dossier: opened.Matter, Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position,
		Key: fmt.Sprintf("%d %s %s", a.Position, c.Name(), opened.Matter), Digest: a.Type,
	})
	rs, refused := civic.AsRefusals(err)
	if err != nil && (!refused || slices.ContainsFunc(rs, func(r civic.Refusal) bool { return r.Kind == civic.Unavailable })) {
		return fmt.Errorf("%s on %s: %w", c.Name(), opened.Matter, err)
	}
	return nil
}
