package review

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// registerFindings adds the doors of legal review and of recommendations.
func (a *API) registerFindings() {
	s := a.Site
	face.Get(s, "/api/findings", "findings", "Legal reviews and recommendations, newest first", a.findings, "reviews")
	face.Get(s, "/api/findings/{finding}", "finding", "One of them, with its texts", a.finding, "reviews")
	face.Get(s, "/api/findings/{finding}/acts", "finding-acts", "The public acts done under a policy or row that was examined, oldest first", a.findingActs, "reviews")
	findingCommand[Examine](a, "/api/findings", "examine", "Examine a public act, a policy or a row of the duty list")
	findingCommand[Recommend](a, "/api/findings/recommend", "recommend", "Recommend something to a body, as a court or procurator")
	findingCommand[Account](a, "/api/findings/{finding}/account", "finding-account", "Give an account, as the body that is examined")
	findingCommand[Find](a, "/api/findings/{finding}/find", "finding-find", "Find whether it is lawful")
	findingCommand[Respond](a, "/api/findings/{finding}/respond", "finding-respond", "Answer a finding or a recommendation, as the body")
}

// FindingIn names a finding; a door that begins one has none.
type FindingIn struct {
	Finding string `path:"finding" maxLength:"20" doc:"Its code"`
}

type findingBegin[C any] struct {
	face.Keyed
	Body C
}

type findingOn[C any] struct {
	face.Keyed
	FindingIn
	Body C
}

func findingCommand[C Command](a *API, path, id, summary string) {
	if strings.Contains(path, "{finding}") {
		face.Post(a.Site, path, id, summary, func(ctx context.Context, in *findingOn[C]) (*findingReceiptOut, error) {
			f, err := a.FindFinding(ctx, in.Finding)
			if err != nil {
				return nil, err
			}
			return a.runFinding(ctx, in.Keyed, f, in.Body, in.Body)
		}, "reviews")
		return
	}
	face.Post(a.Site, path, id, summary, func(ctx context.Context, in *findingBegin[C]) (*findingReceiptOut, error) {
		return a.runFinding(ctx, in.Keyed, Finding{}, in.Body, in.Body)
	}, "reviews")
}

// FindingReceipt says what a command on a finding led to.
type FindingReceipt struct {
	Finding  string        `json:"finding"`
	Status   FindingStatus `json:"status"`
	Recorded *face.Time    `json:"recorded,omitempty"`
	Again    bool          `json:"again,omitempty" doc:"The command had run before under its key"`
	Acts     []ReceiptAct  `json:"acts"`
}

type findingReceiptOut struct{ Body FindingReceipt }

func (a *API) runFinding(ctx context.Context, k face.Keyed, f Finding, c Command, body any) (*findingReceiptOut, error) {
	t, err := a.findingTask(ctx, f, c)
	if err != nil {
		return nil, err
	}
	if err := a.Site.Once(&t, k, body); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	s := r.State.(Finding)
	shown := a.receiptActs(r)
	return &findingReceiptOut{FindingReceipt{Finding: s.Code(), Status: s.Status, Recorded: shown.Recorded, Again: r.Again, Acts: shown.Acts}}, nil
}

var findingNone = civic.Refuse(civic.Missing, "review.finding_none")

// FindFinding reads a finding by its code.
func (a *API) FindFinding(ctx context.Context, code string) (Finding, error) {
	f, err := clerk.Find[Finding](ctx, a.Site.Realm, KindFinding, code)
	if err == nil && !f.Exists() {
		err = findingNone
	}
	return f, err
}

// ShownFinding is what is shown of a legal review or recommendation. All of it is public.
type ShownFinding struct {
	Finding     string        `json:"finding"`
	Subject     Subject       `json:"subject"`
	Recommended bool          `json:"recommended,omitempty" doc:"By a court or procurator"`
	By          civic.PostID  `json:"by"`
	Asked       bool          `json:"asked,omitempty"`
	Status      FindingStatus `json:"status"`
	Against     []string      `json:"against,omitempty"`
	Law         string        `json:"law,omitempty"`
	Opened      face.Time     `json:"opened"`
	Due         *face.Time    `json:"due,omitempty" doc:"The limit that runs now"`
	Follows     bool          `json:"follows,omitempty" doc:"The body corrected or followed it"`
	Answered    *face.Time    `json:"answered,omitempty"`
	Texts       []Text        `json:"texts,omitempty"`
}

// openly reports whether everyone may see a matter now.
func (a *API) openly(matter civic.DossierID) bool {
	_, visible := a.Seen(context.Background(), matter, "")
	return visible
}

// shownSubject writes the number of the matter that an act was of as people do, and leaves it out where that turned private since.
func (a *API) shownSubject(s Subject) Subject {
	if s.Matter == "" {
		return s
	}
	if act, err := a.Site.PublicAct(context.Background(), s.ID); err != nil || !a.openly(act.Dossier) {
		s.Matter = ""
		return s
	}
	s.Matter = a.Ports.Written(s.Matter)
	return s
}

func (a *API) shownFinding(f Finding) ShownFinding {
	f.Subject = a.shownSubject(f.Subject)
	return ShownFinding{
		Finding: f.Code(), Subject: f.Subject, Recommended: f.Recommended, By: f.By, Asked: f.Asked, Status: f.Status, Against: f.Aspects, Law: f.Law,
		Opened: a.Site.Time(f.Case.Opened), Due: a.Site.TimeOrNil(f.Due()), Follows: f.Follows, Answered: a.Site.TimeOrNil(f.Answered),
	}
}

// FindingTexts reads the texts of a finding, in the order in which they came.
func (a *API) FindingTexts(ctx context.Context, f Finding) ([]Text, error) {
	var out []Text
	for _, d := range []struct{ from, digest string }{{"why", f.Why}, {"account", f.Account}, {"reasons", f.Reasons}, {"answer", f.Answer}} {
		if d.digest == "" {
			continue
		}
		_, text, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, d.digest)
		if err != nil {
			return nil, err
		}
		out = append(out, Text{Digest: d.digest, From: d.from, Text: string(text)})
	}
	return out, nil
}

type findingOut struct{ Body ShownFinding }

func (a *API) finding(ctx context.Context, in *FindingIn) (*findingOut, error) {
	f, err := a.FindFinding(ctx, in.Finding)
	if err != nil {
		return nil, err
	}
	out := &findingOut{a.shownFinding(f)}
	out.Body.Texts, err = a.FindingTexts(ctx, f)
	return out, err
}

type findingsIn struct {
	After string `query:"after" maxLength:"20" doc:"The code of the last finding of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type findingsOut struct {
	Link string `header:"Link"`
	Body Findings
}

// Findings is a page of legal reviews and recommendations.
type Findings struct {
	Findings []ShownFinding `json:"findings"`
	Next     string         `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

// ListFindings reads a page of findings, newest first.
func (a *API) ListFindings(ctx context.Context, after string, limit int) ([]Finding, error) {
	where, args := "realm = $1", []any{string(a.Site.Realm.ID)}
	if after != "" {
		f, err := a.FindFinding(ctx, after)
		if err != nil {
			return nil, err
		}
		where += " AND (opened < $2 OR opened = $2 AND dossier < $3)"
		args = append(args, int64(f.Case.Opened), string(f.ID))
	}
	args = append(args, limit)
	ids, err := journal.DossierIDs(ctx, a.Site.Realm.DB.R, fmt.Sprintf("SELECT dossier FROM findings WHERE %s ORDER BY opened DESC, dossier DESC LIMIT $%d", where, len(args)), args...)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, id := range ids {
		f, err := a.FindFinding(ctx, id.Key())
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (a *API) findings(ctx context.Context, in *findingsIn) (*findingsOut, error) {
	all, err := a.ListFindings(ctx, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &findingsOut{Body: Findings{Findings: []ShownFinding{}}}
	for _, f := range all {
		out.Body.Findings = append(out.Body.Findings, a.shownFinding(f))
	}
	if len(all) == in.Limit {
		out.Body.Next = all[len(all)-1].Code()
		out.Link = a.Site.NextPage(fmt.Sprintf("/api/findings?limit=%d&after=%s", in.Limit, out.Body.Next))
	}
	return out, nil
}

type findingActsIn struct {
	FindingIn
	After string `query:"after" maxLength:"32" doc:"What next of the page before says"`
}

type findingActsOut struct {
	Link string `header:"Link"`
	Body face.Acts
}

// findingActs lists the acts that were done under what was examined, by its digest. A page looks through some thousands of
// acts that nobody looked through before, so that it may be empty and yet say that there are more.
func (a *API) findingActs(ctx context.Context, in *findingActsIn) (*findingActsOut, error) {
	f, err := a.FindFinding(ctx, in.Finding)
	if err != nil {
		return nil, err
	}
	acts, next, err := a.Site.PublicActs(ctx, in.After, f.Subject.look(), f.Subject.covers)
	if err != nil {
		return nil, err
	}
	out := &findingActsOut{Body: face.Acts{Acts: acts, Next: next}}
	if next != "" {
		out.Link = a.Site.NextPage("/api/findings/" + f.Code() + "/acts?after=" + next)
	}
	return out, nil
}

// look is what acts that are covered are looked for by.
func (s Subject) look() journal.Look {
	if s.Kind == OnRow {
		return journal.Look{Type: "matter.%assigned", Data: journal.Naming("row", s.ID)}
	}
	return journal.Look{Power: s.ID, Policies: s.Digest}
}

// covers reports whether an act was done under what is examined.
func (s Subject) covers(a *journal.Act) bool {
	switch s.Kind {
	case OnPolicy:
		return a.Power == s.ID && a.Policies == s.Digest
	case OnRow:
		if a.Type != "matter.assigned" && a.Type != "matter.reassigned" {
			return false
		}
		var e struct {
			Row    string `json:"row"`
			Digest string `json:"list_digest"`
		}
		return json.Unmarshal(a.Data, &e) == nil && e.Row == s.ID && e.Digest == s.Digest
	}
	return false
}
