package open311

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"skein/frame/civic"
	"skein/rooms/matter"
)

const (
	mostRows = 1000 // of a page (GeoReport v2, "Response Volume")
	mostDays = 90   // of a span
	mostPage = 1_000_000
)

// requests lists public matters, the newest first.
func (a *API) requests(w http.ResponseWriter, r *http.Request, q params) error {
	_, f := path(r)
	now := a.Site.Realm.Now()
	var filter filter
	var refusals civic.Refusals
	filter.limit, filter.offset = page(q, &refusals)
	if ids := q.list("service_request_id"); len(ids) > 0 { // overrides all other arguments
		if len(ids) > mostRows {
			refusals = append(refusals, civic.Refuse(civic.Malformed, "open311.ids", "most", mostRows).In("service_request_id"))
		}
		filter = a.only(ids, filter)
	} else {
		updated := q.get("updated_after") != "" || q.get("updated_before") != ""
		filter.updated = a.span(q, "updated_after", "updated_before", now, updated, &refusals)
		filter.requested = a.span(q, "start_date", "end_date", now, !updated, &refusals)
		filter.codes = q.list("service_code")
		if len(filter.codes) > mostRows {
			refusals = append(refusals, civic.Refuse(civic.Malformed, "open311.ids", "most", mostRows).In("service_code"))
		}
		filter.statuses(q.list("status"), &refusals)
	}
	if len(refusals) > 0 {
		return refusals
	}
	items, err := a.items(r.Context(), filter, variant{format: f, extended: q.get("extensions") == "true"})
	if err != nil {
		return err
	}
	if len(items) == filter.limit && filter.ids == nil {
		w.Header().Set("Link", a.nextPage(r, filter))
	}
	a.list(w, r, f, "service_requests", "request", items)
	return nil
}

// request shows one public matter.
func (a *API) request(w http.ResponseWriter, r *http.Request, q params, id string) error {
	_, f := path(r)
	items, err := a.items(r.Context(), a.only([]string{id}, filter{limit: 1}), variant{format: f, extended: q.get("extensions") == "true"})
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return civic.Refuse(civic.Missing, "open311.request", "id", clip(id))
	}
	a.list(w, r, f, "service_requests", "request", items)
	return nil
}

// page reads page and page_size, an extension that Chicago, Boston and others share.
func page(q params, refusals *civic.Refusals) (limit, offset int) {
	number := func(name string, otherwise, most int) int {
		text := q.get(name)
		if text == "" {
			return otherwise
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > most {
			*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.page", "name", name, "most", most).In(name))
			return 1
		}
		return n
	}
	limit = number("page_size", mostRows, mostRows)
	return limit, (number("page", 1, mostPage) - 1) * limit
}

func (a *API) nextPage(r *http.Request, f filter) string {
	q := r.URL.Query()
	for name := range q {
		if strings.EqualFold(name, "page") || strings.EqualFold(name, "api_key") {
			delete(q, name)
		}
	}
	q.Set("page", strconv.Itoa(f.offset/f.limit+2))
	return "<" + (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String() + `>; rel="next"`
}

// span is a stretch of time; nil does not bound.
type span struct{ from, until *civic.Instant }

// span reads two dates. Where one is missing the span is 90 days from the other; where both
// are, and it is wanted, the 90 days up to now. The last date is meant with all its second or day.
func (a *API) span(q params, first, last string, now civic.Instant, wanted bool, refusals *civic.Refusals) span {
	zone := a.Site.Zone()
	var from, until *civic.Instant
	read := func(name string) (civic.Instant, civic.Instant, bool) {
		text := q.get(name)
		if text == "" {
			return 0, 0, false
		}
		from, until, ok := instant(text, zone)
		if !ok {
			*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.date", "value", clip(text)).In(name))
		}
		return from, until, ok
	}
	if at, _, ok := read(first); ok {
		from = &at
	}
	if at, end, ok := read(last); ok {
		until = &end
		if from != nil && *from > at && *from >= end {
			*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.backwards", "first", first, "last", last).In(last))
		}
	}
	switch {
	case from == nil && until == nil && !wanted:
		return span{}
	case from == nil && until == nil:
		end := now.Add(time.Second)
		until = &end
		fallthrough
	case from == nil:
		start := civic.At(until.In(zone).AddDate(0, 0, -mostDays))
		from = &start
	case until == nil:
		end := civic.At(from.In(zone).AddDate(0, 0, mostDays))
		until = &end
	case until.Sub(*from) > mostDays*24*time.Hour+time.Second && *until > civic.At(from.In(zone).AddDate(0, 0, mostDays)).Add(time.Second):
		*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.span", "days", mostDays).In(last))
	}
	return span{from, until}
}

// list sends items that are written already.
func (a *API) list(w http.ResponseWriter, r *http.Request, f format, root, name string, items [][]byte) {
	size := 128
	for _, item := range items {
		size += len(item) + len("<></>") + 2*len(name)
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	o := newOut(f, 0)
	o.b = append(slices.Grow((*buffer)[:0], size), o.b...)
	o.list(root, name, len(items), func(i int) { o.b = append(o.b, items[i]...) })
	*buffer = o.b
	a.send(w, r, http.StatusOK, o)
}

// buffers are those of answers that have gone out.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// write writes matters as service requests, each as what stands between the ends of an item.
func (a *API) write(ctx context.Context, v variant, rows []row) ([][]byte, error) {
	released, err := a.released(ctx, rows)
	if err != nil {
		return nil, err
	}
	voice := a.Site.Voice(ctx)
	names := map[[2]string]string{}
	name := func(kind, code string) string {
		key := [2]string{kind, code}
		n, ok := names[key]
		if !ok && code != "" {
			if n = voice.Name(kind, code); n == "" {
				n = code
			}
			names[key] = n
		}
		return n
	}
	notes := map[string]string{}
	note := func(key string) string {
		n, ok := notes[key]
		if !ok {
			n = voice.Say(key)
			notes[key] = n
		}
		return n
	}
	items := make([][]byte, len(rows))
	o := &out{format: v.format}
	for i := range rows {
		o.b, o.comma = o.b[:0], false
		m := &rows[i]
		o.text("service_request_id", m.Number.String())
		o.text("status", statusOf(m.Status))
		o.maybe("status_notes", note(noteOf(m)))
		o.text("service_name", name("category", string(m.Category)))
		o.text("service_code", string(m.Category))
		o.text("description", released[i].text)
		o.maybe("agency_responsible", name("body", string(m.Lead)))
		o.maybe("service_notice", "")
		o.text("requested_datetime", a.time(m.Reported))
		o.text("updated_datetime", a.time(changedAt(m)))
		o.maybe("expected_datetime", a.time(m.Due))
		o.text("address", name("place", string(m.Place)))
		o.text("address_id", "")
		o.text("zipcode", "")
		lat, long := "", ""
		if m.Point != nil {
			lat, long = decimal(m.Point.Lat), decimal(m.Point.Lon)
		}
		o.raw("lat", lat)
		o.raw("long", long)
		o.maybe("media_url", released[i].media)
		if v.extended {
			o.within("extended_attributes", func() {
				o.object("extended_attributes", func() {
					o.text("state", string(m.Status))
					o.maybe("ending", string(m.Ending))
					o.maybe("outcome", string(m.Outcome))
					o.text("place", string(m.Place))
					o.maybe("lead", string(m.Lead))
					o.number("hand_overs", m.HandOvers)
					o.truth("imported", m.Imported)
				})
			})
		}
		items[i] = slices.Clone(o.b)
	}
	return items, nil
}

// time writes a moment with the realm's offset; "" for none.
func (a *API) time(i civic.Instant) string {
	if i == 0 {
		return ""
	}
	return i.In(a.Site.Zone()).Format("2006-01-02T15:04:05-07:00")
}

// decimal writes millionths of a degree.
func decimal(micro int64) string { return strconv.FormatFloat(float64(micro)/1e6, 'f', -1, 64) }

// statusOf is open while somebody owes something, closed from the answer on.
func statusOf(s matter.Status) string {
	if s.Open() {
		return "open"
	}
	return "closed"
}

// noteOf is the sentence that tells more than open and closed do.
func noteOf(m *row) string {
	switch {
	case m.Status == matter.StatusAnswered, m.Outcome != "" && (m.Ending == matter.EndSolved || m.Ending == matter.EndLapsed):
		return "open311.outcome_" + string(m.Outcome)
	case m.Status == matter.StatusClosed:
		return "open311.ending_" + string(m.Ending)
	}
	return "open311.status_" + string(m.Status)
}

// changedAt is when a matter was last modified, or for a closed one when it was closed.
func changedAt(m *row) civic.Instant {
	switch {
	case m.Status.Open():
		return m.Updated
	case m.Status == matter.StatusAnswered, m.Status == matter.StatusClosed && m.Ending != matter.EndWithdrawn && m.Answered != 0:
		return m.Answered
	case m.Ended != 0:
		return m.Ended
	}
	return m.Updated
}

// shown is what of a report is public: its text and the address of its first photo.
type shown struct{ text, media string }

// released reads what of the reports was released, with one query for all; only where
// something is public whose part does not say what it is, the matter itself is asked.
func (a *API) released(ctx context.Context, rows []row) ([]shown, error) {
	out := make([]shown, len(rows))
	boxes := make([]string, 0, len(rows))
	at := make(map[string]int, len(rows))
	for i := range rows {
		if b := rows[i].Box; b != "" {
			at[b] = i
			boxes = append(boxes, b)
		}
	}
	copies, err := a.Site.Vault.Released(ctx, a.Site.Realm.ID, boxes)
	if err != nil || len(copies) == 0 {
		return out, err
	}
	public := map[int][]string{} // digests of what must be looked up
	for ref, c := range copies {
		i := at[ref.Box]
		if ref.Part == "text" {
			out[i].text = c.Text
		} else {
			public[i] = append(public[i], c.Digest)
		}
	}
	for i, digests := range public {
		state, _, err := a.Site.Realm.State(ctx, rows[i].ID)
		if err != nil {
			return nil, err
		}
		s := state.(matter.State)
		for _, it := range s.Items {
			digest := it.Digest
			if it.Shown != "" {
				digest = it.Shown
			}
			if it.Seq != 1 || it.Showing != matter.ShowReleased || !slices.Contains(digests, digest) { // 1: the report itself
				continue
			}
			if strings.HasPrefix(it.Media, "image/") {
				if out[i].media == "" {
					out[i].media = a.photoURL(s.Number, digest)
				}
			} else if out[i].text == "" {
				for ref, c := range copies {
					if at[ref.Box] == i && c.Digest == digest {
						out[i].text = c.Text
					}
				}
			}
		}
	}
	return out, nil
}

func (a *API) photoURL(n matter.Number, digest string) string {
	return a.Site.PublicURL + matter.PhotoPath(n, digest)
}
