package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"

	"skein/cmd/skein/load"
	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/guide"
	"skein/rooms/matter"
	"skein/rooms/place"
)

// realmSample is what is needed to ask for pages and to report in a realm that is there.
type realmSample struct {
	realm                              string
	matters                            int
	numbers, acts, articles, edited    []string // edited are the articles of the editor's body
	categories, places, leads, streets []string
	words                              map[string][]string // that titles of categories have, by language
	points                             [][2]float64
	reported                           []time.Time
	now                                time.Time

	posts   map[string]string // one of each role that is asked as
	heads   map[string]string // who answers for a body
	keys    map[string]string // of posts
	invited string            // what an officer makes her way in with; "" where people sign in with no passwords

	// What is made once the realm is served.
	own, open                               load.Receipt
	appeal, request, finding, merit, report string
	meeting, session                        string
	left                                    []string // what could not be made, and why
}

// sampled reads what there is, and makes keys for the posts that ask.
func sampled(ctx context.Context, a *app, realm *clerk.Realm) (*realmSample, error) {
	s := &realmSample{realm: string(realm.ID), words: map[string][]string{}, posts: map[string]string{}, heads: map[string]string{}, keys: map[string]string{}, now: realm.Now().Time()}
	if err := s.read(ctx, a, realm); err != nil {
		return nil, err
	}
	s.titles(realm.View())
	return s, s.offices(ctx, a, realm)
}

// read takes every twentieth matter that is placed.
func (s *realmSample) read(ctx context.Context, a *app, realm *clerk.Realm) error {
	rows, err := a.db.R.QueryContext(ctx, "SELECT dossier, number, category, place, lead, lat_e6, lon_e6, reported FROM matters "+
		"WHERE realm = $1 AND visibility = 'public' AND lat_e6 IS NOT NULL ORDER BY number", s.realm)
	if err != nil {
		return err
	}
	defer rows.Close()
	site := &face.Site{Realm: realm, Vault: a.vault}
	for rows.Next() {
		var dossier civic.DossierID
		var number matter.Number
		var category, place, lead string
		var lat, lon, reported int64
		if err := rows.Scan(&dossier, &number, &category, &place, &lead, &lat, &lon, &reported); err != nil {
			return err
		}
		s.matters++
		if s.matters%20 != 1 || category == "" || lead == "" {
			continue
		}
		first, _ := matter.First(dossier)
		act := strings.Split(site.ReceiptPath(&journal.Act{Position: first}), "/")[3]
		s.numbers, s.acts = append(s.numbers, number.String()), append(s.acts, act)
		s.categories, s.places, s.leads = append(s.categories, category), append(s.places, place), append(s.leads, lead)
		s.points = append(s.points, [2]float64{float64(lat) / 1e6, float64(lon) / 1e6})
		s.reported = append(s.reported, time.UnixMicro(reported).UTC())
	}
	if len(s.numbers) == 0 {
		return errors.Join(rows.Err(), errors.New("there are no matters to read"))
	}
	return rows.Err()
}

// titles are words that people search by: of kinds of matters in each language, and names of places.
func (s *realmSample) titles(v *clerk.View) {
	tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	for _, c := range tree.All() {
		for lang, title := range c.Titles {
			for _, word := range strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune(" /,()-&：、（）", r) }) {
				if len(word) > 3 {
					s.words[lang] = append(s.words[lang], word)
				}
			}
		}
	}
	for p := range place.CatalogIn(v).States() {
		s.streets = append(s.streets, p.Title("en"))
	}
	for _, words := range s.words {
		slices.Sort(words)
	}
	slices.Sort(s.streets)
	for a := range guide.CatalogIn(v).Articles() {
		s.articles = append(s.articles, a.ID.Key())
	}
}

// offices chooses a post of each role, of the body with most matters where several have it, and makes keys for them.
func (s *realmSample) offices(ctx context.Context, a *app, realm *clerk.Realm) error {
	v, led := realm.View(), map[string]int{}
	for _, lead := range s.leads {
		led[lead]++
	}
	catalog := body.CatalogIn(v)
	var bodies []civic.BodyID
	for b := range catalog.Bodies() {
		if b.Lives() {
			bodies = append(bodies, b.Body)
		}
	}
	slices.SortFunc(bodies, func(x, y civic.BodyID) int {
		return cmp.Or(led[string(y)]-led[string(x)], strings.Compare(string(x), string(y)))
	})
	keys := &face.Keys{DB: a.db, Realm: realm.ID}
	key := func(post civic.PostID) error {
		if s.keys[string(post)] != "" {
			return nil
		}
		made, err := keys.New(ctx, face.Key{Use: "post", Post: post}, "bench", realm.Now(), realm.Now().Add(48*time.Hour))
		s.keys[string(post)] = made
		return err
	}
	for _, role := range []string{desk, handler, coordinate, reviewer} {
		for _, b := range bodies {
			posts := catalog.Posts(b, body.Role(role))
			if head, ok := catalog.SupervisorOf(b); ok && role == handler {
				posts = []civic.PostID{head}
			}
			if len(posts) > 0 {
				s.posts[role] = string(posts[0])
				if err := key(posts[0]); err != nil {
					return err
				}
				break
			}
		}
	}
	for _, b := range bodies {
		if head, ok := catalog.SupervisorOf(b); ok {
			s.heads[string(b)] = string(head)
		}
	}
	s.edits(v, catalog)
	if err := key(civic.PostID(s.posts[editor])); err != nil {
		return err
	}
	file, _, err := a.signInSettings()
	if err != nil || !file.Passwords {
		return err
	}
	post, _ := catalog.Post(civic.PostID(s.posts[handler]))
	if term, seated := post.Seated(realm.Now()); seated {
		s.invited, err = a.accounts(realm.ID).Invite(ctx, term.Person, fmt.Sprintf("bench-%d@skein.example", time.Now().UnixNano()), "en")
	}
	return err
}

// edits chooses an editor of a body that has articles.
func (s *realmSample) edits(v *clerk.View, bodies *body.Catalog) {
	for a := range guide.CatalogIn(v).Articles() {
		posts := bodies.Posts(a.Body, body.GuideEditor)
		if len(posts) > 0 && (s.posts[editor] == "" || s.posts[editor] == string(posts[0])) {
			s.posts[editor] = string(posts[0])
			s.edited = append(s.edited, a.ID.Key())
		}
	}
}

// head makes a key for who answers for a body.
func (s *realmSample) head(ctx context.Context, a *app, lead string) error {
	post := s.heads[lead]
	if post == "" || s.keys[post] != "" {
		return nil
	}
	made, err := (&face.Keys{DB: a.db, Realm: civic.Realm(s.realm)}).New(ctx, face.Key{Use: "post", Post: civic.PostID(post)}, "bench", civic.At(s.now), civic.At(s.now.Add(48*time.Hour)))
	s.keys[post] = made
	return err
}

// headers are what somebody who asks brings, each ended by "\r\n".
func (s *realmSample) headers(as string) string {
	const any = "Accept-Encoding: gzip\r\n" // as every browser
	switch as {
	case "":
		return any
	case asReporter:
		return any + "Skein-Tracking: " + s.own.Tracking + "\r\n"
	case asOfficer:
		return any + "Cookie: " + s.session + "\r\n"
	}
	return any + "Authorization: Bearer " + s.keys[s.posts[as]] + "\r\n"
}

// make makes through the doors what is asked for by its number: a matter that was answered and is appealed, one that is worked on, and what
// stands beside them. What this realm refuses is left out, and told.
func (s *realmSample) make(ctx context.Context, a *app, address string) error {
	c := load.NewClient(address)
	defer c.Close()
	var lead string
	for _, to := range []*load.Receipt{&s.own, &s.open} {
		i := slices.Index(s.leads, s.busiest())
		got, err := s.post(c, "", "/api/matters", map[string]any{"category": s.categories[i], "lat": s.points[i][0], "lon": s.points[i][1], "text": "The lamp at the corner is dark.", "contact": map[string]any{"email": "ann@example.org"}})
		if err != nil {
			return err
		}
		*to = load.Receipt{Number: field(got, "number"), Tracking: field(got, "tracking")}
		for until := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
			_, answer, err := c.Fetch("/api/matters/"+to.Number, "Skein-Tracking: "+to.Tracking+"\r\n")
			if err != nil {
				return err
			}
			var m map[string]any
			json.Unmarshal(answer, &m)
			if lead = field(m, "lead"); lead != "" && field(m, "status") == "assigned" {
				break
			}
			if time.Now().After(until) {
				return fmt.Errorf("nobody was assigned: %.300s", answer)
			}
		}
		if err := s.head(ctx, a, lead); err != nil {
			return err
		}
		if _, err := s.post(c, s.heads[lead], "/api/matters/"+to.Number+"/accept", map[string]any{}); err != nil {
			return err
		}
	}
	if _, err := s.post(c, s.heads[lead], "/api/matters/"+s.own.Number+"/answer", map[string]any{"outcome": "fixed", "reason": "A new lamp."}); err != nil {
		return err
	}
	month := s.reported[len(s.reported)/2]
	s.before(c, month.Format("2006-01"))
	act := s.actOf(c, "accepted")
	for _, step := range []struct {
		as, path string
		fields   map[string]any
		code     string
		to       *string
	}{
		{"code", "/api/matters/" + s.own.Number + "/appeal", map[string]any{"of": "answer", "ground": "facts_unclear", "reason": "It is dark still."}, "", nil},
		{"", "/api/review-requests", map[string]any{"kind": "policy", "thing": "matter.accept", "aspects": []string{"procedure"}, "text": "Who says so?"}, "request", &s.request},
		{s.posts[reviewer], "/api/findings", map[string]any{"kind": "policy", "thing": "matter.report", "why": "Is it lawful?"}, "finding", &s.finding},
		{s.posts[desk], "/api/merits", map[string]any{"nature": "merit", "matter": s.open.Number, "act": act, "law": "Duty list", "why": "It was taken up at once."}, "merit", &s.merit},
		{s.posts[coordinate], "/api/meetings", map[string]any{
			"matters": []map[string]any{{"matter": s.open.Number, "agenda": "What is to be done."}}, "time": s.now.Add(48 * time.Hour).Format(time.RFC3339), "minutes": 45,
			"where": "Room 4", "invited": []string{lead},
		}, "meeting", &s.meeting},
		{s.posts[coordinate], "/api/reports", map[string]any{"month": month.Format("2006-01")}, "", nil},
	} {
		if step.path == "/api/findings" && s.finding != "" || step.path == "/api/reports" && s.report != "" {
			continue // a run before has made it
		}
		got, err := s.post(c, step.as, step.path, step.fields)
		if err != nil {
			s.left = append(s.left, err.Error())
			continue
		}
		if step.to != nil {
			*step.to = field(got, step.code)
		}
	}
	if s.report == "" {
		s.signs(c, month.Format("2006-01"))
	}
	for range 50 { // the appeal is numbered by who follows it
		if status, _, err := c.Fetch("/reviews/"+s.own.Number+"-1", s.headers(reviewer)); err == nil && status == 200 {
			s.appeal = s.own.Number + "-1"
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	return s.signIn(c)
}

// busiest is the body with most matters.
func (s *realmSample) busiest() string {
	led, most := map[string]int{}, ""
	for _, lead := range s.leads {
		if led[lead]++; led[lead] > led[most] {
			most = lead
		}
	}
	return most
}

// actOf is the number of an act of the open matter.
func (s *realmSample) actOf(c *load.Client, act string) int {
	_, answer, err := c.Fetch("/api/matters/"+s.open.Number+"/story", "Skein-Tracking: "+s.open.Tracking+"\r\n")
	var lines []map[string]any
	if err == nil {
		json.Unmarshal(answer, &lines)
	}
	return 1 + slices.IndexFunc(lines, func(l map[string]any) bool { return field(l, "act") == act })
}

// before finds what can be made only once, and was made by a run before.
func (s *realmSample) before(c *load.Client, month string) {
	var all struct {
		Findings []map[string]any `json:"findings"`
		Versions []map[string]any `json:"versions"`
	}
	if status, answer, err := c.Get("/api/findings"); err == nil && status == 200 {
		json.Unmarshal(answer, &all)
	}
	if len(all.Findings) > 0 {
		s.finding = field(all.Findings[0], "finding")
	}
	if status, answer, err := c.Get("/api/reports/" + month); err == nil && status == 200 {
		json.Unmarshal(answer, &all)
	}
	if len(all.Versions) > 0 {
		s.report = month
	}
}

// signs signs the report of a month, so that its files are there.
func (s *realmSample) signs(c *load.Client, month string) {
	_, answer, err := c.Fetch("/api/reports/"+month, "Authorization: Bearer "+s.keys[s.posts[coordinate]]+"\r\n")
	var r struct {
		Draft map[string]any `json:"draft"`
	}
	if err == nil {
		json.Unmarshal(answer, &r)
	}
	if _, err := s.post(c, s.posts[coordinate], "/api/reports/"+month+"/sign", map[string]any{"figures": field(r.Draft, "figures")}); err != nil {
		s.left = append(s.left, err.Error())
		return
	}
	s.report = month
}

// signIn lets an officer make her way in; she has shown one factor of two, which /me and what is held of her want.
func (s *realmSample) signIn(c *load.Client) error {
	if s.invited == "" {
		s.left = append(s.left, "nobody signs in with a password: signin.json does not say so")
		return nil
	}
	status, _, err := c.Form("/invitation", "", url.Values{"invitation": {s.invited}, "password": {"plum lantern otter 47 harbour"}}.Encode())
	if err != nil {
		return err
	}
	if s.session = c.Cookie("session"); s.session == "" {
		return fmt.Errorf("/invitation: %d and no session", status)
	}
	return nil
}

// post sends a command; as is a post, "code" for who told the first matter, or nobody.
func (s *realmSample) post(c *load.Client, as, path string, fields map[string]any) (map[string]any, error) {
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	headers := ""
	switch {
	case as == "code":
		headers = "Skein-Tracking: " + s.own.Tracking + "\r\n"
	case as != "":
		headers = "Authorization: Bearer " + s.keys[as] + "\r\n"
	}
	status, answer, err := c.Post(path, headers, text)
	if err != nil {
		return nil, err
	}
	if status >= 300 {
		return nil, fmt.Errorf("%s: %d %.300s", path, status, answer)
	}
	var got map[string]any
	return got, json.Unmarshal(answer, &got)
}

func field(m map[string]any, name string) string {
	text, _ := m[name].(string)
	return text
}

// reports makes reports at places where others were made.
func (s *realmSample) reports(seed uint64) func() []byte {
	rnd := rand.New(rand.NewPCG(seed, 29))
	return func() []byte {
		i, j := rnd.IntN(len(s.points)), rnd.IntN(len(s.categories))
		return fmt.Appendf(nil, `{"category":%q,"lat":%.6f,"lon":%.6f,"channel":"web","text":%q}`,
			s.categories[j], s.points[i][0], s.points[i][1], strings.Repeat("the lamp at the corner is dark, ", 6))
	}
}
