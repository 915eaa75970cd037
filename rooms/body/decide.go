package body

import (
	"regexp"
	"slices"
	"sort"
	"unicode/utf8"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Facts is what a decision needs to know besides the body itself.
type Facts struct {
	Now civic.Instant
	// Calendar is the realm's own; terms begin and end at its midnights.
	Calendar *calendar.Calendar
	Catalog  *Catalog
	Places   Places
	// PublicNames is that the realm's law has officers' names published.
	PublicNames bool
}

var (
	codeForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	postForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}/[a-z0-9][a-z0-9_-]{0,63}$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	personForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	tagForm    = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$`)
)

// mostText bounds titles and names, in characters.
const mostText = 200

// Decide says which acts a command leads to, or every reason why it leads to none.
// Who may ask is the policies' business; here only state and content count.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := decision{s: s, f: f}
	if _, founding := c.(Found); !founding {
		switch {
		case !s.Exists():
			return nil, civic.Refusals{civic.Refuse(civic.Missing, "body.missing")}
		case !s.Lives():
			return nil, civic.Refusals{civic.Refuse(civic.Conflict, "body.ended", "body", string(s.Body), "successor", string(s.Successor))}
		}
	}
	switch c := c.(type) {
	case Found:
		d.found(c)
	case CreatePost:
		d.createPost(c)
	case ChangePost:
		d.changePost(c)
	case ClosePost:
		d.closePost(c)
	case Seat:
		d.seat(c)
	case Leave:
		d.leave(c)
	case Rename:
		d.titles(c.Titles)
		d.act(Renamed(c))
	case Move:
		d.move(c)
	case SetCoordination:
		d.coordinate(c)
	case Merge:
		d.successor("into", c.Into)
		d.act(Merged(c))
	case Abolish:
		d.successor("successor", c.Successor)
		d.act(Abolished(c))
	default:
		d.refuse(civic.Invalid, "", "body.command_unknown", "command", c.Name())
	}
	if len(d.reasons) > 0 {
		return nil, d.reasons
	}
	return d.drafts, nil
}

type decision struct {
	s       State
	f       Facts
	drafts  []journal.Draft
	reasons civic.Refusals
}

func (d *decision) act(e journal.Event) { d.drafts = append(d.drafts, journal.Draft{Event: e}) }

func (d *decision) refuse(kind civic.Kind, field, key string, args ...any) {
	d.reasons = append(d.reasons, civic.Refuse(kind, key, args...).In(field))
}

func (d *decision) found(c Found) {
	if d.s.Exists() {
		d.refuse(civic.Conflict, "body", "body.exists", "body", string(c.Body))
	}
	if !codeForm.MatchString(string(c.Body)) {
		d.refuse(civic.Invalid, "body", "body.code_form", "value", string(c.Body))
	}
	if !slices.Contains(Kinds, c.Kind) {
		d.refuse(civic.Invalid, "kind", "body.kind_unknown", "value", string(c.Kind))
	}
	d.titles(c.Titles)
	if c.Parent != "" && !d.f.Catalog.HasBody(c.Parent) {
		d.refuse(civic.Invalid, "parent", "body.body_unknown", "value", string(c.Parent))
	}
	d.place("place", c.Place)
	if len(c.Coordinates) > 0 && c.Kind != Coordinating {
		d.refuse(civic.Invalid, "coordinates", "body.not_coordinating", "body", string(c.Body))
	}
	for i, p := range c.Coordinates {
		d.place("coordinates", p)
		if slices.Contains(c.Coordinates[:i], p) {
			d.refuse(civic.Invalid, "coordinates", "body.place_twice", "place", string(p))
		}
		if other, taken := d.f.Catalog.Coordinator(p); taken {
			d.refuse(civic.Conflict, "coordinates", "body.place_coordinated", "place", string(p), "body", string(other))
		}
	}
	d.act(Founded(c))
}

func (d *decision) place(field string, p civic.PlaceID) {
	if d.f.Places == nil || !d.f.Places.HasPlace(p) {
		d.refuse(civic.Invalid, field, "body.place_unknown", "value", string(p))
	}
}

func (d *decision) titles(t Titles) {
	if len(t) == 0 {
		d.refuse(civic.Invalid, "titles", "body.title_missing")
	}
	langs := make([]string, 0, len(t))
	for lang := range t {
		langs = append(langs, lang)
	}
	sort.Strings(langs)
	for _, lang := range langs {
		if !tagForm.MatchString(lang) {
			d.refuse(civic.Invalid, "titles", "body.language_form", "value", lang)
		}
		d.text("titles."+lang, t[lang])
	}
}

func (d *decision) text(field, text string) {
	if text == "" || utf8.RuneCountInString(text) > mostText {
		d.refuse(civic.Invalid, field, "body.text_length", "most", mostText)
	}
	if !civic.Plain(text, len(text)) {
		d.refuse(civic.Invalid, field, "body.text_control")
	}
}

func (d *decision) createPost(c CreatePost) {
	if !postForm.MatchString(string(c.Post)) || c.Post.Body() != d.s.Body {
		d.refuse(civic.Invalid, "post", "body.post_form", "value", string(c.Post), "body", string(d.s.Body))
	}
	if _, has := d.s.Post(c.Post); has {
		d.refuse(civic.Conflict, "post", "body.post_exists", "post", string(c.Post))
	}
	d.postContent(c.Post, c.Titles, c.Roles, c.Supervisor)
	d.act(PostCreated(c))
}

func (d *decision) postContent(post civic.PostID, titles Titles, roles []Role, supervisor civic.PostID) {
	d.titles(titles)
	if len(roles) == 0 {
		d.refuse(civic.Invalid, "roles", "body.role_missing")
	}
	for i, r := range roles {
		switch {
		case !slices.Contains(Roles, r):
			d.refuse(civic.Invalid, "roles", "body.role_unknown", "value", string(r))
		case slices.Contains(roles[:i], r):
			d.refuse(civic.Invalid, "roles", "body.role_twice", "value", string(r))
		case r == Handler && d.s.Kind == Coordinating:
			d.refuse(civic.Invalid, "roles", "body.coordinating_handles", "body", string(d.s.Body))
		case r == Coordinator && d.s.Kind != Coordinating:
			d.refuse(civic.Invalid, "roles", "body.coordinator_elsewhere", "body", string(d.s.Body))
		}
	}
	if supervisor == "" {
		return
	}
	if supervisor == post {
		d.refuse(civic.Invalid, "supervisor", "body.supervisor_cycle", "post", string(post))
		return
	}
	above, open := d.open(supervisor)
	switch {
	case !open:
		d.refuse(civic.Invalid, "supervisor", "body.post_unknown", "value", string(supervisor))
	case !above.Has(Supervisor):
		d.refuse(civic.Invalid, "supervisor", "body.supervisor_role", "post", string(supervisor))
	}
	seen := map[civic.PostID]bool{}
	for p := above; p.Supervisor != "" && !seen[p.Post]; p, _ = d.open(p.Supervisor) {
		seen[p.Post] = true
		if p.Supervisor == post {
			d.refuse(civic.Invalid, "supervisor", "body.supervisor_cycle", "post", string(post))
			return
		}
	}
}

// open finds an open post, of this body in its newest state.
func (d *decision) open(p civic.PostID) (PostState, bool) {
	if p.Body() == d.s.Body {
		post, ok := d.s.Post(p)
		return post, ok && post.Open()
	}
	return d.f.Catalog.open(p)
}

// ours finds an open post of this body, or refuses.
func (d *decision) ours(p civic.PostID) (PostState, bool) {
	post, has := d.s.Post(p)
	switch {
	case !has:
		d.refuse(civic.Missing, "post", "body.post_unknown", "value", string(p))
	case !post.Open():
		d.refuse(civic.Conflict, "post", "body.post_closed", "post", string(p))
	}
	return post, has && post.Open()
}

func (d *decision) changePost(c ChangePost) {
	post, ok := d.ours(c.Post)
	if !ok {
		return
	}
	d.postContent(c.Post, c.Titles, c.Roles, c.Supervisor)
	if post.Has(Supervisor) && !slices.Contains(c.Roles, Supervisor) {
		d.keepSupervisor(c.Post, slices.Contains(c.Roles, Handler))
	}
	d.act(PostChanged(c))
}

func (d *decision) closePost(c ClosePost) {
	post, ok := d.ours(c.Post)
	if !ok {
		return
	}
	if post.Has(Supervisor) {
		d.keepSupervisor(c.Post, false)
	}
	d.act(PostClosed(c))
}

// keepSupervisor refuses to take the last supervisor from handlers: none would be left
// in the body or above it to be told that a limit has run out.
func (d *decision) keepSupervisor(going civic.PostID, stillHandles bool) {
	handlers := stillHandles
	for _, p := range d.s.Posts {
		if p.Post == going || !p.Open() {
			continue
		}
		if p.Has(Supervisor) {
			return
		}
		handlers = handlers || p.Has(Handler)
	}
	if !handlers {
		return
	}
	if above, ok := d.f.Catalog.Successor(d.s.Parent); ok && above != d.s.Body {
		if _, ok := d.f.Catalog.supervisorIn(above, going); ok {
			return
		}
	}
	d.refuse(civic.Conflict, "post", "body.last_supervisor", "post", string(going), "body", string(d.s.Body))
}

func (d *decision) seat(c Seat) {
	post, _ := d.ours(c.Post)
	if !personForm.MatchString(string(c.Person)) {
		d.refuse(civic.Invalid, "person", "body.person_form")
	}
	if !digestForm.MatchString(c.Digest) {
		d.refuse(civic.Invalid, "digest", "body.digest_form")
	}
	if c.PublicName != "" {
		d.text("public_name", c.PublicName)
		if !d.f.PublicNames {
			d.refuse(civic.Invalid, "public_name", "body.name_not_public")
		}
	}
	term := Term{Person: c.Person, Digest: c.Digest, PublicName: c.PublicName}
	from, ok := d.day("from", c.From)
	if ok {
		term.From = d.f.Calendar.Midnight(from)
	}
	if c.To != "" {
		to, fine := d.day("to", c.To)
		if fine && ok && to < from {
			d.refuse(civic.Invalid, "to", "body.term_backwards", "from", c.From, "to", c.To)
		}
		ok = ok && fine && to >= from
		if ok {
			term.Until = d.f.Calendar.Midnight(to + 1)
		}
	}
	for _, t := range post.Terms {
		if ok && t.meets(term) {
			until := ""
			if t.Until != 0 {
				until = (d.f.Calendar.DayOf(t.Until - 1)).String()
			}
			d.refuse(civic.Conflict, "from", "body.term_overlaps", "post", string(c.Post), "from", d.f.Calendar.DayOf(t.From).String(), "to", until)
		}
	}
	d.act(OfficerSeated{Post: c.Post, Person: c.Person, Digest: c.Digest, PublicName: c.PublicName, From: term.From, Until: term.Until})
}

func (d *decision) day(field, text string) (calendar.Day, bool) {
	day, err := calendar.ParseDay(text)
	if err != nil {
		d.refuse(civic.Invalid, field, "body.day_form", "value", text)
		return 0, false
	}
	return day, true
}

func (d *decision) leave(c Leave) {
	post, ok := d.ours(c.Post)
	if !ok {
		return
	}
	if !slices.ContainsFunc(post.Terms, func(t Term) bool {
		return t.Person == c.Person && (t.Until == 0 || t.Until > d.f.Now)
	}) {
		d.refuse(civic.Conflict, "person", "body.not_seated", "post", string(c.Post))
	}
	d.act(OfficerLeft{Post: c.Post, Person: c.Person, At: d.f.Now})
}

func (d *decision) move(c Move) {
	switch {
	case c.Parent == d.s.Parent:
		d.refuse(civic.Conflict, "parent", "body.parent_same")
	case c.Parent == "":
	case !d.f.Catalog.HasBody(c.Parent):
		d.refuse(civic.Invalid, "parent", "body.body_unknown", "value", string(c.Parent))
	case d.f.Catalog.Under(c.Parent, d.s.Body):
		d.refuse(civic.Invalid, "parent", "body.parent_cycle", "body", string(d.s.Body), "parent", string(c.Parent))
	}
	d.act(Moved(c))
}

func (d *decision) coordinate(c SetCoordination) {
	if d.s.Kind != Coordinating {
		d.refuse(civic.Invalid, "place", "body.not_coordinating", "body", string(d.s.Body))
	}
	d.place("place", c.Place)
	if now, _ := d.f.Catalog.Coordinator(c.Place); now == d.s.Body {
		d.refuse(civic.Conflict, "place", "body.coordinates_already", "body", string(d.s.Body), "place", string(c.Place))
	}
	for other := range d.f.Catalog.Bodies() {
		if other.Body != d.s.Body && slices.Contains(other.Coordinates, c.Place) {
			d.drafts = append(d.drafts, journal.Draft{Dossier: ID(other.Body), Event: CoordinationLifted{Place: c.Place, To: d.s.Body}})
		}
	}
	d.act(CoordinationSet(c))
}

func (d *decision) successor(field string, next civic.BodyID) {
	if next == "" {
		d.refuse(civic.Invalid, field, "body.successor_missing", "body", string(d.s.Body))
		return
	}
	other, _ := d.f.Catalog.Body(next)
	switch {
	case next == d.s.Body:
		d.refuse(civic.Invalid, field, "body.successor_self", "body", string(d.s.Body))
	case !other.Lives():
		d.refuse(civic.Invalid, field, "body.body_unknown", "value", string(next))
	default:
		if d.f.Catalog.Under(next, d.s.Body) {
			d.refuse(civic.Conflict, field, "body.successor_below", "body", string(d.s.Body), "successor", string(next))
		}
		if (other.Kind == Coordinating) != (d.s.Kind == Coordinating) {
			d.refuse(civic.Invalid, field, "body.successor_kind", "body", string(d.s.Body), "successor", string(next))
		}
	}
}
