package open311

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/vault"
	"skein/rooms/matter"
)

// Service request updates are an extension by FixMyStreet
// (https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Proposed-differences-to-Open311).

// change is an act as an update.
type change struct {
	matter.Number
	box    string
	act    journal.Act
	status string
	texts  []string // released
	media  string
}

func updateID(n matter.Number, seq int64) string {
	return n.String() + "-" + strconv.FormatInt(seq, 10)
}

// updates lists what happened on public matters. The first page has the latest; each page
// goes forward in time, as clients work through it.
func (a *API) updates(w http.ResponseWriter, r *http.Request, q params) error {
	_, f := path(r)
	var refusals civic.Refusals
	limit, offset := page(q, &refusals)
	within := a.span(q, "start_date", "end_date", a.Site.Realm.Now(), true, &refusals)
	if len(refusals) > 0 {
		return refusals
	}
	items, err := a.news(r.Context(), within, limit, offset, variant{format: f, updates: true})
	if err != nil {
		return err
	}
	if len(items) == limit {
		w.Header().Set("Link", a.nextPage(r, filter{limit: limit, offset: offset}))
	}
	slices.Reverse(items)
	a.list(w, r, f, "service_request_updates", "request_update", items)
	return nil
}

// news are the updates of a page, written, the latest first.
func (a *API) news(ctx context.Context, s span, limit, offset int, v variant) ([][]byte, error) {
	v.lang = a.Site.Voice(ctx).Lang
	for range 3 { // what turned private in between is left out the next time
		acts, numbers, err := a.happened(ctx, s, limit, offset)
		if err != nil || len(acts) == 0 {
			return nil, err
		}
		picked, names, _, err := a.Matters.Pick(ctx, matter.Filter{Numbers: numbers, Limit: len(numbers)}, false)
		if err != nil {
			return nil, err
		}
		version := make(map[civic.Position]civic.Position, len(picked))
		for _, p := range picked {
			version[p.First] = p.Version
		}
		whole := true
		for i := range acts {
			first, _ := matter.First(acts[i].ID)
			acts[i].Version = version[first]
			whole = whole && acts[i].Version != 0
		}
		if !whole {
			continue
		}
		items := make([][]byte, len(acts))
		var missing []int
		a.kept.look(v, names, acts, func(i int) { missing = append(missing, i) }, items)
		if len(missing) == 0 {
			return items, nil
		}
		wanted := make(map[civic.Position]matter.Picked, len(missing))
		for _, i := range missing {
			wanted[acts[i].First] = acts[i]
		}
		changes, err := a.changes(ctx, wanted)
		if err != nil {
			return nil, err
		}
		now, texts, fresh := make([]matter.Picked, len(changes)), a.writeUpdates(ctx, v, changes), make(map[civic.Position][]byte, len(changes))
		for i, c := range changes {
			now[i], fresh[c.act.Position] = wanted[c.act.Position], texts[i]
		}
		a.kept.add(v, names, now, texts)
		for _, i := range missing {
			items[i] = fresh[acts[i].First]
		}
		if len(changes) == len(missing) {
			return items, nil
		}
	}
	return nil, errors.New("open311: matters go on turning private")
}

// writeUpdates writes acts as updates, each as what stands between the ends of an item.
func (a *API) writeUpdates(ctx context.Context, v variant, changes []change) [][]byte {
	voice := a.Site.Voice(ctx)
	items := make([][]byte, len(changes))
	o := &out{format: v.format}
	for i := range changes {
		o.b, o.comma = o.b[:0], false
		c := &changes[i]
		line := matter.LineOf(c.act)
		o.text("update_id", updateID(c.Number, c.act.Seq))
		o.text("service_request_id", c.Number.String())
		o.text("status", c.status)
		o.text("updated_datetime", a.time(c.act.Happened))
		o.text("description", strings.Join(append([]string{voice.Fill(line.Key, line.Args)}, c.texts...), "\n\n"))
		o.maybe("media_url", c.media)
		items[i] = slices.Clone(o.b)
	}
	return items
}

var updateTypes = "('" + strings.Join(matter.UpdateTypes, "', '") + "')"

// happenedQuery is of acts on public matters, the latest first; what an importer only inferred
// is no news. CROSS JOIN keeps SQLite from beginning with the matters.
var happenedQuery = `SELECT a.position, a.dossier, m.number FROM acts a CROSS JOIN matters m
	WHERE a.realm = $1 AND a.type IN ` + updateTypes + ` AND a.happened >= $2 AND a.happened < $3 AND a.flags NOT LIKE '%p%' AND a.flags NOT LIKE '%n%'
	AND m.realm = a.realm AND m.dossier = a.dossier AND m.visibility <> 'private'
	ORDER BY a.happened DESC, a.position DESC LIMIT $4 OFFSET $5`

// happened finds the acts of a page, each by its position, and the numbers of their matters.
func (a *API) happened(ctx context.Context, s span, limit, offset int) (acts []matter.Picked, numbers []matter.Number, err error) {
	realm := a.Site.Realm
	rows, err := realm.DB.R.QueryContext(ctx, happenedQuery, string(realm.ID), int64(*s.from), int64(*s.until), limit, offset)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	known := map[matter.Number]bool{}
	for rows.Next() {
		var act matter.Picked
		var number matter.Number
		if err := rows.Scan(&act.First, &act.ID, &number); err != nil {
			return nil, nil, err
		}
		if acts = append(acts, act); !known[number] {
			known[number], numbers = true, append(numbers, number)
		}
	}
	return acts, numbers, rows.Err()
}

// changes reads acts, by their positions, of matters that are public still.
func (a *API) changes(ctx context.Context, wanted map[civic.Position]matter.Picked) ([]change, error) {
	realm := a.Site.Realm
	var of []string
	for _, act := range wanted {
		of = append(of, string(act.ID))
	}
	slices.Sort(of)
	rows, err := realm.DB.R.QueryContext(ctx, `SELECT a.position, a.dossier, a.seq, a.type, a.version, a.actor, a.happened, a.data, m.number, m.box
		FROM acts a JOIN matters m ON m.realm = a.realm AND m.dossier = a.dossier
		WHERE a.realm = $1 AND `+realm.DB.Each("a.dossier", "$2")+` AND a.type IN `+updateTypes+` AND m.visibility <> 'private' `,
		string(realm.ID), realm.DB.List(slices.Compact(of)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []change
	for rows.Next() {
		var c change
		var data string
		if err := rows.Scan(&c.act.Position, &c.act.Dossier, &c.act.Seq, &c.act.Type, &c.act.Version, &c.act.Actor, &c.act.Happened, &data, &c.Number, &c.box); err != nil {
			return nil, err
		}
		if _, ok := wanted[c.act.Position]; !ok {
			continue
		}
		c.act.Realm, c.act.Data = realm.ID, []byte(data)
		if c.act.Event, err = realm.House.Registry.Decode(c.act.Type, c.act.Version, c.act.Data); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].status, err = a.statusAfter(ctx, out[i].act); err != nil {
			return nil, err
		}
	}
	return out, a.fill(ctx, out)
}

// statusAfter is the status an act left its matter in. Most acts say it by their type.
func (a *API) statusAfter(ctx context.Context, act journal.Act) (string, error) {
	switch act.Event.(type) {
	case matter.Answered, matter.Declined, matter.Confirmed, matter.Lapsed, matter.Withdrawn, matter.Joined:
		return "closed", nil
	case matter.Retracted, matter.Separated, matter.Reassigned, matter.Supplied:
		all, err := a.Site.Realm.Acts(ctx, act.Dossier)
		if err != nil {
			return "", err
		}
		var s matter.State
		for _, earlier := range all {
			if earlier.Seq <= act.Seq {
				s = matter.Evolve(s, earlier)
			}
		}
		return statusOf(s.Status), nil
	}
	return "open", nil
}

// fill adds the texts and the first photo of each act that were released.
func (a *API) fill(ctx context.Context, changes []change) error {
	var boxes []string
	for _, c := range changes {
		if c.box != "" {
			boxes = append(boxes, c.box)
		}
	}
	slices.Sort(boxes)
	copies, err := a.Site.Vault.Released(ctx, a.Site.Realm.ID, slices.Compact(boxes))
	if err != nil || len(copies) == 0 {
		return err
	}
	public := map[string]map[string]vault.Copy{} // box → digest → copy
	for ref, c := range copies {
		if public[ref.Box] == nil {
			public[ref.Box] = map[string]vault.Copy{}
		}
		public[ref.Box][c.Digest] = c
	}
	for i := range changes {
		c := &changes[i]
		if public[c.box] == nil {
			continue
		}
		state, _, err := a.Site.Realm.State(ctx, c.act.Dossier)
		if err != nil {
			return err
		}
		for _, it := range state.(matter.State).Items {
			digest := cmp.Or(it.Shown, it.Digest)
			released, ok := public[c.box][digest]
			switch {
			case !ok || it.Seq != c.act.Seq || it.Showing != matter.ShowReleased:
			case strings.HasPrefix(it.Media, "image/"):
				c.media = cmp.Or(c.media, a.photoURL(c.Number, digest))
			default:
				c.texts = append(c.texts, released.Text)
			}
		}
	}
	return nil
}

// update takes further words of a matter's reporter: the answer to a question where one was
// asked, otherwise an addition. It never opens or closes anything, whatever its status says.
func (a *API) update(w http.ResponseWriter, r *http.Request, f form, key string) error {
	ctx := r.Context()
	var refusals civic.Refusals
	id := f.get("service_request_id")
	if id == "" {
		refusals = append(refusals, missing("service_request_id"))
	}
	text := f.description(&refusals)
	if more := f.mediaURL(&refusals); more != "" {
		text = strings.TrimSpace(text + "\n\n" + more)
	}
	if text == "" && len(f.photos) == 0 {
		refusals = append(refusals, missing("description"))
	}
	if len(refusals) > 0 {
		return refusals
	}
	none := civic.Refuse(civic.Missing, "open311.request", "id", clip(id))
	s, err := a.Matters.Find(ctx, id)
	if rs, refused := civic.AsRefusals(err); refused && rs.Kind() != civic.Unavailable {
		return none
	}
	if err != nil {
		return err
	}
	hers, err := a.isReporter(ctx, s, f, key, r.Header.Get("Skein-Tracking"))
	if err != nil {
		return err
	}
	if !hers {
		if _, public := matter.Visible(s, matter.Eyes{}); !public {
			return none
		}
		return civic.Refuse(civic.Forbidden, "open311.not_reporter", "id", s.Number.String())
	}
	if !s.Status.Open() {
		return civic.Refuse(civic.Conflict, "open311.update_closed", "id", s.Number.String())
	}
	var c matter.Command = matter.Attach{Text: text}
	if s.Questions > 0 && (s.Status == matter.StatusWorking || s.Status == matter.StatusPaused) {
		c = matter.Supply{Text: text}
	}
	t, err := a.Matters.Intake.On(ctx, a.Site.Realm.View(), civic.Actor{Kind: civic.Resident, Person: s.Reporter}, s, c, f.photos)
	if err != nil {
		return fields(err)
	}
	name := cmp.Or(r.Header.Get("Idempotency-Key"), f.get("update_id"))
	a.once(f, &t, key, "update "+string(s.Number)+" "+name, name != "")
	receipt, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return fields(err)
	}
	seq := int64(0)
	for _, act := range receipt.Acts {
		switch act.Event.(type) {
		case matter.Attached, matter.Supplied:
			seq = act.Seq
		}
	}
	if seq == 0 {
		return fmt.Errorf("open311: an update of %s led to no act of its own", s.ID)
	}
	_, format := path(r)
	o := newOut(format, 256)
	o.list("service_request_updates", "request_update", 1, func(int) {
		o.text("update_id", updateID(s.Number, seq))
		o.maybe("account_id", "")
	})
	w.Header().Set("Cache-Control", "no-store")
	a.send(w, r, http.StatusOK, o)
	return nil
}

// isReporter reports whether an update comes from the reporter of a matter: by the tracking
// code, or because the same key brought the report and no other email is given than hers.
// Another person's words would else stand as hers.
func (a *API) isReporter(ctx context.Context, s matter.State, f form, key, tracking string) (bool, error) {
	for _, code := range []string{tracking, f.get("tracking")} {
		if a.Matters.Tracked(ctx, s, code) {
			return true, nil
		}
	}
	contents, err := a.Site.Access.Own(ctx, s.Box)
	if access.Gone(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var contact matter.Contact
	brought := ""
	for _, c := range contents {
		switch c.Part {
		case "contact":
			if err := json.Unmarshal(c.Text, &contact); err != nil {
				return false, err
			}
		case "via":
			brought = string(c.Text)
		}
	}
	// An address alone proves nothing, and the answer would tell whether it filed the matter.
	if brought != via(key) {
		return false, nil
	}
	email := f.get("email")
	return email == "" || contact.Email == "" || strings.EqualFold(email, contact.Email), nil
}
