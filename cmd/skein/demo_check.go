package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"skein/demo/boston"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/place"
)

type checkDemo struct {
	where
	output
	whichCity
	Rows bool `help:"Also list the rows that disagree."`
}

// What the realm must reach against the city's own records.
const (
	leastDue    = 0.99
	leastOnTime = 0.995
	leastLead   = 0.95
)

// onCase is what the realm itself says of one of the city's cases.
type onCase struct {
	category  civic.Category
	places    []civic.PlaceID
	due       civic.Instant
	byDefault bool // due is by the realm's rule: the list gives no limit
	answered  civic.Instant
	lead      civic.BodyID
}

// agreement is one comparison as it is printed.
type agreement struct {
	Name      string          `json:"name"`
	Value     float64         `json:"value"`
	Agree     int             `json:"agree"`
	Of        int             `json:"of"`
	Least     float64         `json:"least,omitempty"`
	Tolerance int             `json:"tolerance_seconds,omitempty"`
	Types     []typeAgreement `json:"types"`
	Rows      []disagreement  `json:"rows,omitempty"`
}

type typeAgreement struct {
	Category civic.Category `json:"category"`
	Agree    int            `json:"agree"`
	Of       int            `json:"of"`
}

// disagreement is a row in which the realm says otherwise than the city.
type disagreement struct {
	Row      int            `json:"row"`
	ID       string         `json:"id"`
	Category civic.Category `json:"category"`
	City     string         `json:"city"`
	Realm    string         `json:"realm"`
}

func (c *checkDemo) Run(g *global) error {
	city := demoCities[c.City]
	if c.Realm == "" {
		c.Realm = string(city.realm)
	}
	return c.work(g, func(_ *app, realm *clerk.Realm) error { return city.check(c, g, realm) })
}

// boston holds the realm against the city's own records.
func (c *checkDemo) boston(g *global, realm *clerk.Realm) error {
	bar := newBar("read")
	rows, err := boston.Rows(func(done, all int) { bar.at(int64(done), int64(all)) })
	bar.end()
	if err != nil {
		return err
	}
	cases, err := tell(g.ctx, realm)
	if err != nil {
		return err
	}
	geography, err := boston.Places()
	if err != nil {
		return err
	}
	return c.print(compareWithCity(realm.View(), rows, geography, cases))
}

// tell reads from the journal what the realm says of each case, by the city's number.
func tell(ctx context.Context, realm *clerk.Realm) (map[string]*onCase, error) {
	cases, of := map[string]*onCase{}, map[civic.DossierID]*onCase{}
	err := eachAct(ctx, realm, func(a journal.Act) {
		t := of[a.Dossier]
		switch e := a.Event.(type) {
		case matter.Reported:
			if e.External != "" && cases[e.External] == nil {
				t = &onCase{category: e.Category, places: e.Places}
				cases[e.External], of[a.Dossier] = t, t
			}
		case matter.Assigned:
			if t != nil {
				t.due, t.byDefault, t.lead = e.Resolution.Due, e.Resolution.Default, e.Lead
			}
		case matter.Answered:
			if t != nil {
				t.answered = a.Happened
			}
		}
	})
	return cases, err
}

// eachAct reads the whole journal of a realm.
func eachAct(ctx context.Context, realm *clerk.Realm, told func(journal.Act)) error {
	var head civic.Position
	if err := realm.DB.R.QueryRowContext(ctx, "SELECT position FROM heads WHERE realm = $1", string(realm.ID)).Scan(&head); err != nil {
		return err
	}
	bar := newBar("journal")
	defer bar.end()
	for at := civic.Position(0); at < head; {
		acts, err := journal.After(ctx, realm.DB.R, realm.House.Registry, realm.ID, at, 5000)
		if err != nil {
			return err
		}
		if len(acts) == 0 {
			return errors.New("the journal ends before its head")
		}
		for _, a := range acts {
			told(a)
		}
		at = acts[len(acts)-1].Position
		bar.at(int64(at), int64(head))
	}
	return nil
}

// compareWithCity holds the realm against the city's records.
//
// A due date agrees within boston.Tolerance seconds. A verdict is "late" when a case was
// answered after its due date, by instant; where the realm's answer lies behind the end of the
// demonstration, the city's closing stands for it, and where the city set no limit for a type nothing is late,
// whatever the realm's own rule says. The lead is asked of a list made from July to September, by the duty room itself.
func compareWithCity(v *clerk.View, rows []boston.Row, geography *boston.Geography, cases map[string]*onCase) []agreement {
	there := func(r *boston.Row) *onCase { return cases[r.ID] }
	due := boston.Compare("due_date_agreement", rows, func(_ int, r *boston.Row) (bool, bool) {
		t := there(r)
		if t == nil || r.Target == 0 {
			return false, false
		}
		d := t.due - r.Target
		return true, !t.byDefault && t.due != 0 && d <= boston.Tolerance*1_000_000 && d >= -boston.Tolerance*1_000_000
	})
	late := func(r *boston.Row, t *onCase) bool {
		ended := t.answered
		if ended == 0 {
			ended = r.Closed
		}
		return t.due != 0 && !t.byDefault && (ended == 0 || ended > t.due)
	}
	onTime := boston.Compare("ontime_agreement", rows, func(_ int, r *boston.Row) (bool, bool) {
		t := there(r)
		if t == nil || r.OnTime == "" {
			return false, false
		}
		return true, late(r, t) == (r.OnTime == "OVERDUE")
	})
	options := boston.Options{Until: boston.Autumn, Geography: geography}
	list := duty.NewList(dutyRows(boston.DeriveList(rows, options)))
	places := place.CatalogIn(v)
	lead := func(t *onCase) civic.BodyID {
		q := duty.Query{Category: t.category}
		for _, id := range t.places {
			if p, ok := places.Place(id); ok {
				q.Places = append(q.Places, dutyPlace(p))
			}
		}
		return list.Resolve(q).Lead
	}
	leads := boston.Compare("lead_agreement", rows, func(_ int, r *boston.Row) (bool, bool) {
		t := there(r)
		if t == nil || r.Opened < boston.Autumn {
			return false, false
		}
		real, ok := boston.BodyOf(r.Department)
		return true, ok && lead(t) == real
	})
	bound := boston.LeadBound(rows, boston.Autumn, boston.Options{Geography: geography})
	bound.Name = "lead_best_possible"
	missing := boston.Compare("rows_in_realm", rows, func(_ int, r *boston.Row) (bool, bool) { return true, there(r) != nil })

	when := func(i civic.Instant) string {
		if i == 0 {
			return "–"
		}
		return i.In(boston.Zone()).Format("2006-01-02 15:04:05")
	}
	verdict := map[bool]string{true: "OVERDUE", false: "ONTIME"}
	title := func(b civic.BodyID) string {
		if s, ok := body.CatalogIn(v).Body(b); ok {
			return s.Titles.In("en")
		}
		return string(b)
	}
	show := func(a boston.Agreement, least float64, city, realm func(r *boston.Row, t *onCase) string) agreement {
		out := agreement{Name: a.Name, Value: a.Share(), Agree: a.Agree, Of: a.Of, Least: least, Types: []typeAgreement{}}
		for _, t := range a.Types {
			out.Types = append(out.Types, typeAgreement(t))
		}
		for _, i := range a.Differ {
			if city != nil {
				r := &rows[i]
				out.Rows = append(out.Rows, disagreement{r.Line, r.ID, r.Category(), city(r, there(r)), realm(r, there(r))})
			}
		}
		return out
	}
	all := []agreement{
		show(missing, 0, nil, nil),
		show(due, leastDue, func(r *boston.Row, _ *onCase) string { return when(r.Target) }, func(_ *boston.Row, t *onCase) string { return when(t.due) }),
		show(onTime, leastOnTime, func(r *boston.Row, _ *onCase) string { return r.OnTime }, func(r *boston.Row, t *onCase) string { return verdict[late(r, t)] }),
		show(leads, leastLead, func(r *boston.Row, _ *onCase) string { return r.Department }, func(_ *boston.Row, t *onCase) string { return title(lead(t)) }),
		show(bound, 0, nil, nil),
	}
	all[1].Tolerance = boston.Tolerance
	return all
}

func (c *checkDemo) print(all []agreement) error {
	ok := true
	for i, a := range all {
		ok = ok && (a.Of == 0 || a.Value >= a.Least)
		if !c.Rows {
			all[i].Rows = nil
		}
	}
	if c.Format == "json" {
		if err := c.json(all); err != nil {
			return err
		}
	} else {
		c.text(all)
	}
	if !ok {
		return errFound
	}
	return nil
}

func (c *checkDemo) text(all []agreement) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, a := range all[1:] {
		fmt.Fprintf(w, "%s by type\tagree\tof\tshare\n", a.Name)
		for _, t := range a.Types {
			if t.Agree < t.Of {
				fmt.Fprintf(w, "  %s\t%d\t%d\t%.4f\n", t.Category, t.Agree, t.Of, float64(t.Agree)/float64(t.Of))
			}
		}
		for _, r := range a.Rows {
			fmt.Fprintf(w, "  row %d, %s\t%s\tcity: %s\trealm: %s\n", r.Row, r.ID, r.Category, r.City, r.Realm)
		}
	}
	w.Flush()
	fmt.Printf("(types in which all rows agree are left out; a due date agrees within %d seconds)\n", boston.Tolerance)
	for _, a := range all {
		fmt.Printf("%s_rows %d\n", a.Name, a.Of)
	}
	for _, a := range all {
		fmt.Printf("%s %.4f\n", a.Name, a.Value)
	}
}
