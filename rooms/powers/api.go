package powers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/power"
	"skein/frame/store"
)

// API is this room's doors for programs.
type API struct {
	Site *face.Site
	// Find finds what a question is about; see Thing.
	Find func(ctx context.Context, thing, tracking string) (Thing, error)
}

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/powers", "powers", "The rules in force: who may do what, under which law", a.list, "powers")
	face.Get(s, "/api/powers/why", "powers-why", "May somebody do something to a thing, and why, or why not?", a.why, "powers")
	face.Get(s, "/api/powers/versions", "powers-versions", "Every version of the realm's own rules, and what waits", a.versions, "powers")
	face.Get(s, "/api/powers/versions/{file}", "powers-version", "The realm's own rules of one version: 2.cedar", a.version, "powers")
	face.Get(s, "/api/powers/waiting.cedar", "powers-waiting", "The rules that wait for approval", a.waiting, "powers")
	face.Get(s, "/api/powers/sets/{digest}", "powers-set", "All rules that were in force when an act cited this digest", a.set, "powers")
	face.Post(s, "/api/powers/propose", "powers-propose", "Propose rules of the realm's own", a.propose, "powers")
	command[Approve](a, "approve", "Approve the rules that wait, as another post")
	command[Reject](a, "reject", "Reject the rules that wait")
	command[Withdraw](a, "withdraw", "Take back the rules that one proposed")
}

func (a *API) catalog() *Catalog { return CatalogIn(a.Site.Realm.View()) }

type listOut struct{ Body Powers }

// Powers is the set of rules in force. Acts cite its digest.
type Powers struct {
	Digest   string        `json:"digest"`
	Version  int           `json:"version,omitempty" doc:"Of the realm's own rules; none where it has none"`
	Policies []ShownPolicy `json:"policies"`
}

// ShownPolicy is a rule with what it says in plain words.
type ShownPolicy struct {
	power.Policy
	Groups []power.Group `json:"groups" doc:"Whom it is about: a role, or anyone, reporter, posts, coordinating, clock, operator, all"`
	Rule   power.Rule    `json:"rule" doc:"To whom, what, on what, when"`
	Words  string        `json:"words" doc:"The same in the reader's language"`
	Since  int           `json:"since,omitempty" doc:"The version with which it came as it stands; none for what ships"`
}

func (a *API) list(ctx context.Context, _ *struct{}) (*listOut, error) {
	v, voice := a.Site.Realm.View(), a.Site.Voice(ctx)
	last, _ := CatalogIn(v).State().Last()
	since := CatalogIn(v).Since(v.House.Powers)
	out := &listOut{Powers{Digest: v.Powers.Digest, Version: last.Number, Policies: []ShownPolicy{}}}
	for _, p := range v.Powers.All() {
		out.Body.Policies = append(out.Body.Policies, ShownPolicy{
			Policy: *p, Groups: p.Groups(), Rule: p.Rule(), Words: Words(voice, p), Since: since[p.ID].Number,
		})
	}
	return out, nil
}

// ShownVersion is a version of the realm's own rules.
type ShownVersion struct {
	Version    int          `json:"version"`
	Digest     string       `json:"digest" doc:"Of the realm's own rules; acts cite the digest of the whole set"`
	InForce    bool         `json:"in_force"`
	Rules      int          `json:"rules"`
	Proposal   int          `json:"proposal"`
	ProposedBy civic.PostID `json:"proposed_by"`
	ApprovedBy civic.PostID `json:"approved_by"`
	Note       string       `json:"note,omitempty" doc:"Digest of a document that says why"`
	Proposed   face.Time    `json:"proposed"`
	Adopted    face.Time    `json:"adopted"`
	Act        string       `json:"act" doc:"As /api/acts names it"`
}

// ShownProposal is what waits.
type ShownProposal struct {
	Proposal int          `json:"proposal"`
	Digest   string       `json:"digest"`
	Rules    int          `json:"rules"`
	By       civic.PostID `json:"by"`
	Note     string       `json:"note,omitempty"`
	At       face.Time    `json:"at"`
}

// Versions is the history, newest last.
type Versions struct {
	Versions []ShownVersion `json:"versions"`
	Waiting  *ShownProposal `json:"waiting,omitempty"`
	Next     int            `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

type versionsIn struct {
	After int `query:"after" minimum:"0" doc:"The number of the last version of the page before"`
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type versionsOut struct {
	Link string `header:"Link"`
	Body Versions
}

func (a *API) versions(_ context.Context, in *versionsIn) (*versionsOut, error) {
	s := a.catalog().State()
	out := &versionsOut{Body: Versions{Versions: []ShownVersion{}}}
	for _, v := range s.Versions[min(in.After, len(s.Versions)):] {
		if len(out.Body.Versions) == in.Limit {
			out.Body.Next = v.Number - 1
			out.Link = a.Site.NextPage(fmt.Sprintf("/api/powers/versions?limit=%d&after=%d", in.Limit, out.Body.Next))
			break
		}
		out.Body.Versions = append(out.Body.Versions, ShownVersion{
			Version: v.Number, Digest: v.Digest, InForce: v.Number == len(s.Versions), Rules: v.Rules, Proposal: v.Proposal,
			ProposedBy: v.ProposedBy, ApprovedBy: v.ApprovedBy, Note: v.Note,
			Proposed: a.Site.Time(v.Proposed), Adopted: a.Site.Time(v.Adopted), Act: a.Site.ActName(v.Act),
		})
	}
	if w := s.Waiting; w != nil {
		out.Body.Waiting = &ShownProposal{Proposal: w.Number, Digest: w.Digest, Rules: w.Rules, By: w.By, Note: w.Note, At: a.Site.Time(w.At)}
	}
	return out, nil
}

type fileIn struct {
	File string `path:"file" maxLength:"20" pattern:"^[0-9]+\\.cedar$" doc:"The number of the version, with .cedar"`
}

const mediaCedar = "text/cedar"

func (a *API) text(digest string) (*face.Document, error) {
	text, ok := a.catalog().Text(digest)
	if !ok {
		return nil, civic.Refuse(civic.Missing, "powers.document_missing", "digest", digest)
	}
	return &face.Document{ContentType: mediaCedar + "; charset=utf-8", Body: text}, nil
}

func (a *API) version(_ context.Context, in *fileIn) (*face.Document, error) {
	n, _ := strconv.Atoi(strings.TrimSuffix(in.File, ".cedar"))
	v, ok := a.catalog().State().Version(n)
	if !ok {
		return nil, civic.Refuse(civic.Missing, "powers.version_unknown", "version", n)
	}
	return a.text(v.Digest)
}

func (a *API) waiting(context.Context, *struct{}) (*face.Document, error) {
	w := a.catalog().State().Waiting
	if w == nil {
		return nil, civic.Refuse(civic.Missing, "powers.none_waits")
	}
	return a.text(w.Digest)
}

type setIn struct {
	Digest string `path:"digest" pattern:"^[0-9a-f]{64}$" doc:"As an act cites it"`
}

func (a *API) set(ctx context.Context, in *setIn) (*face.Document, error) {
	media, text, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, in.Digest)
	if errors.Is(err, sql.ErrNoRows) || err == nil && media != mediaCedar {
		return nil, civic.Refuse(civic.Missing, "powers.set_unknown")
	}
	return &face.Document{ContentType: mediaCedar + "; charset=utf-8", Body: text}, err
}

// Proposed rules as they come in.
type proposal struct {
	Document string `json:"document" maxLength:"32768" doc:"All rules of the realm's own as they are to be, in Cedar; empty for none"`
	Note     string `json:"note,omitempty" maxLength:"64" doc:"Digest of a public document that says why"`
}

type proposeIn struct {
	face.Keyed
	Body proposal
}

func (a *API) propose(ctx context.Context, in *proposeIn) (*face.ReceiptOut, error) {
	t, refusals := Proposing(a.Site.Realm.View(), []byte(in.Body.Document), in.Body.Note)
	if len(refusals) > 0 {
		return nil, refusals
	}
	return a.Site.Command(ctx, t, in.Keyed, in.Body)
}

// Proposing reads rules and makes the task that proposes them; their canonical form goes with
// the act as a public document.
func Proposing(v *clerk.View, text []byte, note string) (clerk.Task, civic.Refusals) {
	canonical, _, refusals := v.House.Powers.Read(text)
	if len(refusals) > 0 {
		for i, r := range refusals {
			refusals[i] = r.In(strings.TrimSuffix("document: "+r.Field, ": "))
		}
		return clerk.Task{}, refusals
	}
	digest := journal.DocumentDigest(canonical)
	return clerk.Task{
		Command: Propose{Digest: digest, Note: note}, Dossier: ListID, Documents: map[string][]byte{digest: canonical},
		Writes: []store.Write{{Table: journal.DocumentTable, Row: store.Row{string(v.Realm), digest, mediaCedar, canonical}}},
	}, nil
}

type commandIn[C any] struct {
	face.Keyed
	Body C
}

func command[C Command](a *API, name, summary string) {
	face.Post(a.Site, "/api/powers/"+name, "powers-"+name, summary, func(ctx context.Context, in *commandIn[C]) (*face.ReceiptOut, error) {
		if _, ok := any(in.Body).(Approve); ok {
			if err := a.anotherPerson(ctx); err != nil {
				return nil, err
			}
		}
		return a.Site.Command(ctx, clerk.Task{Command: in.Body, Dossier: ListID}, in.Keyed, in.Body)
	}, "powers")
}

// anotherPerson refuses an officer who sits in the post that proposed as well, or sat in it then: two posts are asked for so
// that two people look.
func (a *API) anotherPerson(ctx context.Context) error {
	session, w := face.SessionOf(ctx), a.catalog().State().Waiting
	if w == nil || !slices.Contains(session.Since(w.At), w.By) {
		return nil
	}
	return civic.Refuse(civic.Forbidden, "powers.two_posts", "post", w.By)
}
