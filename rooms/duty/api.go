package duty

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
)

// Ground is what the doors must know of places, as of a view.
type Ground interface {
	// Holding are the places that hold a point, the most specific first; none outside the realm.
	Holding(lat, lon float64) []Place
	// Chain is a place and those above it; none for an unknown place.
	Chain(civic.PlaceID) []Place
}

// API is this room's doors for programs.
type API struct {
	Site   *face.Site
	Ground func(*clerk.View) Ground
	Known  func(*clerk.View) Known
	// Realm is what the list is checked against.
	Realm func(v *clerk.View, at civic.Instant) Realm
}

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/duties", "duties", "The rows of the list in force, in canonical order", a.rows, "duties")
	face.Get(s, "/api/duties/versions", "duty-versions", "Every version of the list", versions(a, ListID), "duties")
	face.Get(s, "/api/duties/versions/{file}", "duty-version", "One version whole: 3.csv or 3.yaml", file(a, ListID), "duties")
	face.Get(s, "/api/duties/resolve", "duty-resolve", "Who answers for a category in a place or at a point, and why", a.resolve, "duties")
	face.Get(s, "/api/duties/check", "duty-check", "Has every category in every place exactly one lead?", a.check, "duties")
	face.Get(s, "/api/duties/precedents", "duty-precedents", "Rulings that propose an edit to the list", a.precedents, "duties")
	face.Post(s, "/api/duties", "duty-adopt", "Adopt a version of the list", adopting(a, ListID), "duties")
	face.Post(s, "/api/duties/withdraw", "duty-withdraw", "Take back a version before it is in force", withdrawing(a, ListID), "duties")
	face.Get(s, "/api/categories", "categories", "The categories in force, parents before children", a.categories, "categories")
	face.Get(s, "/api/categories/versions", "category-versions", "Every version of the categories", versions(a, CategoriesID), "categories")
	face.Get(s, "/api/categories/versions/{file}", "category-version", "One version whole: 2.csv or 2.yaml", file(a, CategoriesID), "categories")
	face.Post(s, "/api/categories", "category-adopt", "Adopt a version of the categories", adopting(a, CategoriesID), "categories")
	face.Post(s, "/api/categories/withdraw", "category-withdraw", "Take back a version before it is in force", withdrawing(a, CategoriesID), "categories")
}

func (a *API) catalog() *Catalog { return CatalogIn(a.Site.Realm.View()) }

type rowsIn struct {
	Category civic.Category `query:"category" maxLength:"128" doc:"Only rows that cover this category"`
	Place    civic.PlaceID  `query:"place" maxLength:"64" doc:"Only rows of this very place"`
	Lead     civic.BodyID   `query:"lead" maxLength:"64" doc:"Only rows that this body leads"`
	Party    civic.BodyID   `query:"body" maxLength:"64" doc:"Only rows in which this body leads or takes part"`
	After    string         `query:"after" maxLength:"200" doc:"The id of the last row of the page before"`
	Limit    int            `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type rowsOut struct {
	Link string `header:"Link"`
	Body Rows
}

// Rows is a page of the list in force.
type Rows struct {
	Version int        `json:"version,omitempty" doc:"None where no list is in force"`
	Digest  string     `json:"digest,omitempty"`
	Rows    []ShownRow `json:"rows"`
	Next    string     `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

// ShownRow is a row with its limits as a file spells them.
type ShownRow struct {
	ID         string         `json:"id"`
	Category   civic.Category `json:"category" doc:"* is every category"`
	Place      civic.PlaceID  `json:"place"`
	Lead       civic.BodyID   `json:"lead"`
	Joint      []string       `json:"joint,omitempty" doc:"A body and its limit: parks:3wd"`
	Law        string         `json:"law,omitempty"`
	Post       civic.PostID   `json:"post,omitempty"`
	Staff      string         `json:"staff,omitempty"`
	Budget     string         `json:"budget,omitempty"`
	Standard   string         `json:"standard,omitempty"`
	Response   string         `json:"response,omitempty"`
	Resolution string         `json:"resolution,omitempty"`
	Objection  string         `json:"objection,omitempty"`
	Calendar   string         `json:"calendar,omitempty"`
	Notes      string         `json:"notes,omitempty"`
}

func showRow(r Row) ShownRow {
	out := ShownRow{
		ID: r.ID, Category: r.Category, Place: r.Place, Lead: r.Lead, Law: r.Law, Post: r.Post, Staff: r.Staff, Budget: r.Budget,
		Standard: r.Standard, Response: r.Response.String(), Resolution: r.Resolution.String(), Objection: r.Objection.String(),
		Calendar: r.Calendar, Notes: r.Notes,
	}
	for _, j := range r.Joint {
		out.Joint = append(out.Joint, j.String())
	}
	return out
}

func (a *API) rows(_ context.Context, in *rowsIn) (*rowsOut, error) {
	out := &rowsOut{Body: Rows{Rows: []ShownRow{}}}
	list, v, ok := a.catalog().ListAt(a.Site.Realm.Now())
	if !ok {
		return out, nil
	}
	out.Body.Version, out.Body.Digest = v.Number, v.Digest
	rows := list.Rows()
	if in.After != "" {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.ID == in.After })
		if i < 0 {
			return nil, civic.Refuse(civic.Invalid, "duty.row_unknown", "row", in.After, "version", v.Number).In("after")
		}
		rows = rows[i+1:]
	}
	for _, r := range rows {
		if in.Category != "" && !covers(r.Category, in.Category) || in.Place != "" && r.Place != in.Place || in.Lead != "" && r.Lead != in.Lead ||
			in.Party != "" && r.Lead != in.Party && !slices.ContainsFunc(r.Joint, func(j Joint) bool { return j.Body == in.Party }) {
			continue
		}
		if len(out.Body.Rows) == in.Limit {
			out.Body.Next = out.Body.Rows[in.Limit-1].ID
			q := url.Values{"limit": {strconv.Itoa(in.Limit)}, "after": {out.Body.Next}}
			for name, value := range map[string]string{
				"category": string(in.Category), "place": string(in.Place), "lead": string(in.Lead), "body": string(in.Party),
			} {
				if value != "" {
					q.Set(name, value)
				}
			}
			out.Link = a.Site.NextPage("/api/duties?" + q.Encode())
			break
		}
		out.Body.Rows = append(out.Body.Rows, showRow(r))
	}
	return out, nil
}

// ShownVersion is a version of a document.
type ShownVersion struct {
	Version   int        `json:"version"`
	Digest    string     `json:"digest"`
	Effective face.Time  `json:"effective"`
	InForce   bool       `json:"in_force"`
	Rows      int        `json:"rows"`
	MovesOpen bool       `json:"moves_open,omitempty" doc:"Open matters are resolved again under it"`
	Note      string     `json:"note,omitempty" doc:"Digest of a document that says why"`
	Adopted   face.Time  `json:"adopted"`
	Act       string     `json:"act" doc:"As /api/acts names it"`
	Withdrawn *face.Time `json:"withdrawn,omitempty"`
}

// Versions is every version of a document, in the order of their numbers.
type Versions struct {
	Versions []ShownVersion `json:"versions"`
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

func (a *API) state(id civic.DossierID) State {
	if id == CategoriesID {
		return a.catalog().CategoriesState()
	}
	return a.catalog().ListState()
}

// doors is the path of a document.
func doors(id civic.DossierID) string {
	if id == CategoriesID {
		return "/api/categories"
	}
	return "/api/duties"
}

func versions(a *API, id civic.DossierID) func(context.Context, *versionsIn) (*versionsOut, error) {
	return func(_ context.Context, in *versionsIn) (*versionsOut, error) {
		s := a.state(id)
		now, _ := s.InForce(a.Site.Realm.Now())
		out := &versionsOut{Body: Versions{Versions: []ShownVersion{}}}
		for _, v := range s.Versions[min(in.After, len(s.Versions)):] {
			if len(out.Body.Versions) == in.Limit {
				out.Body.Next = v.Number - 1
				out.Link = a.Site.NextPage(fmt.Sprintf("%s/versions?limit=%d&after=%d", doors(id), in.Limit, out.Body.Next))
				break
			}
			out.Body.Versions = append(out.Body.Versions, ShownVersion{
				Version: v.Number, Digest: v.Digest, Effective: a.Site.Time(v.Effective), InForce: v.Number == now.Number && now.Number > 0,
				Rows: v.Rows, MovesOpen: v.MovesOpen, Note: v.Note, Adopted: a.Site.Time(v.Adopted), Act: a.Site.ActName(v.Act),
				Withdrawn: a.Site.TimeOrNil(v.Withdrawn),
			})
		}
		return out, nil
	}
}

type fileIn struct {
	File string `path:"file" maxLength:"20" pattern:"^[0-9]+\\.(csv|yaml)$" doc:"The number of the version, with .csv (the canonical form, whose digest names it) or .yaml"`
}

func file(a *API, id civic.DossierID) func(context.Context, *fileIn) (*face.Document, error) {
	return func(ctx context.Context, in *fileIn) (*face.Document, error) {
		number, format, _ := strings.Cut(in.File, ".")
		n, _ := strconv.Atoi(number)
		v, ok := a.state(id).Version(n)
		if !ok {
			return nil, civic.Refuse(civic.Missing, "duty.version_unknown", "version", n)
		}
		if format == "csv" { // as it was adopted, byte by byte
			_, content, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, v.Digest)
			return &face.Document{ContentType: "text/csv; charset=utf-8", Body: content}, err
		}
		var content []byte
		var err error
		if id == CategoriesID {
			content, err = a.catalog().trees[v.Digest].YAML()
		} else {
			content, err = a.catalog().lists[v.Digest].YAML()
		}
		return &face.Document{ContentType: "application/yaml", Body: content}, err
	}
}

// Adoption is a document to be adopted.
type Adoption struct {
	Format    Format   `json:"format" enum:"csv,yaml"`
	Document  string   `json:"document" minLength:"1" doc:"The whole document"`
	Effective string   `json:"effective" format:"date" doc:"In force from the first moment of this day, in the realm's zone"`
	MovesOpen bool     `json:"moves_open,omitempty" doc:"Resolve open matters again; otherwise they stay where they are"`
	Note      string   `json:"note,omitempty" maxLength:"64" doc:"Digest of a public document that says why"`
	Settles   []string `json:"settles,omitempty" doc:"Rulings whose precedents this version answers, as they name them"`
}

type adoptIn struct {
	face.Keyed
	Body Adoption
}

func adopting(a *API, id civic.DossierID) func(context.Context, *adoptIn) (*face.ReceiptOut, error) {
	return func(ctx context.Context, in *adoptIn) (*face.ReceiptOut, error) {
		v := a.Site.Realm.View()
		t, refusals := Adopting(v, id, in.Body, a.Known(v))
		rulings, unknown := a.rulings(in.Body.Settles)
		if refusals = append(refusals, unknown...); len(refusals) > 0 {
			for i, r := range refusals {
				if r.Field != "" {
					refusals[i] = r.In("document: " + r.Field)
				}
			}
			return nil, refusals
		}
		adopt := t.Command.(Adopt)
		adopt.Settles = rulings
		t.Command = adopt
		return a.Site.Command(ctx, t, in.Keyed, in.Body)
	}
}

// rulings are the acts of precedents by their names.
func (a *API) rulings(names []string) (out []civic.Position, unknown civic.Refusals) {
	for _, name := range names {
		p, ok := a.Site.ActAt(name)
		if !ok || !slices.ContainsFunc(a.catalog().ListState().Precedents, func(x Precedent) bool { return x.Ruling == p }) {
			unknown = append(unknown, civic.Refuse(civic.Invalid, "duty.ruling_unknown").In("settles"))
		}
		out = append(out, p)
	}
	return out, unknown
}

// Adopting reads a document and makes the task that adopts it; its canonical form goes
// with the act as a public document.
func Adopting(v *clerk.View, id civic.DossierID, d Adoption, known Known) (clerk.Task, civic.Refusals) {
	var doc Document
	var content []byte
	if id == CategoriesID {
		before, _ := CatalogIn(v).CategoriesAt(maxInstant)
		read, tree := ReadCategories(d.Format, []byte(d.Document), before)
		if doc = read; tree != nil {
			content = tree.CSV()
		}
	} else {
		read, list := ReadList(d.Format, []byte(d.Document), known)
		if doc = read; list != nil {
			content = list.CSV()
		}
	}
	if len(doc.Refusals) > 0 {
		return clerk.Task{}, doc.Refusals
	}
	return clerk.Task{
		Command: Adopt{Digest: doc.Digest, Effective: d.Effective, MovesOpen: d.MovesOpen, Note: d.Note},
		Dossier: id, Documents: map[string][]byte{doc.Digest: content},
		Writes: []store.Write{{
			Table: journal.DocumentTable, Row: store.Row{string(v.Realm), doc.Digest, MediaList, content},
		}},
	}, nil
}

// MediaList is the media type of lists and categories in canonical form.
const MediaList = "text/csv"

type withdrawIn struct {
	face.Keyed
	Body Withdraw
}

func withdrawing(a *API, id civic.DossierID) func(context.Context, *withdrawIn) (*face.ReceiptOut, error) {
	return func(ctx context.Context, in *withdrawIn) (*face.ReceiptOut, error) {
		return a.Site.Command(ctx, clerk.Task{Command: in.Body, Dossier: id}, in.Keyed, in.Body)
	}
}
