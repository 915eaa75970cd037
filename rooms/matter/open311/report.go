package open311

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
)

const (
	mostDescription = 4000 // characters (GeoReport v2, "POST Service Request")
	mostURL         = 2000
)

// report takes a service request. device_id and account_id are dropped: nothing needs them.
func (a *API) report(w http.ResponseWriter, r *http.Request, f form, key string) error {
	ctx := r.Context()
	var refusals civic.Refusals
	s := matter.Submission{Channel: "open311", Anonymous: true, Photos: f.photos, Via: via(key)}
	if code := f.get("service_code"); code == "" {
		refusals = append(refusals, missing("service_code"))
	} else if service, err := a.service(r, code); err != nil {
		refusals = append(refusals, err.(civic.Refusal))
	} else {
		s.Category, s.Kind = service.Code, service.Kind
		if s.Kind == matter.Complaint {
			s.Kind = matter.Request // a complaint names the body complained of, for which this standard has no field
		}
	}
	a.location(f, &s, &refusals)
	if err := a.placed(ctx, f, &s); err != nil {
		return err
	}
	s.Text = f.description(&refusals)
	s.MediaURL = f.mediaURL(&refusals)
	s.Contact = matter.Contact{
		Name:  strings.TrimSpace(f.get("first_name") + " " + f.get("last_name")),
		Email: f.get("email"), Phone: f.get("phone"),
	}
	if !s.Contact.Empty() {
		s.Contact.Language = a.Site.Voice(ctx).Lang
	}
	var already []string
	for _, r := range refusals {
		already = append(already, inside(r.Field))
	}
	t, code, err := a.Matters.NewReport(ctx, civic.Actor{Kind: civic.Resident}, s, already...)
	if rs, refused := civic.AsRefusals(fields(err)); refused && rs.Kind() != civic.Unavailable {
		refusals = append(refusals, rs...)
	} else if err != nil {
		return err
	}
	if len(refusals) > 0 {
		return refusals
	}
	a.once(f, &t, key, "report "+r.Header.Get("Idempotency-Key"), r.Header.Get("Idempotency-Key") != "")
	receipt, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return fields(err)
	}
	if receipt.Again {
		code = "" // it was given out once
	}
	m := receipt.State.(matter.State)
	_, format := path(r)
	o := newOut(format, 512)
	o.list("service_requests", "request", 1, func(int) {
		o.text("service_request_id", m.Number.String())
		o.maybe("service_notice", a.notice(ctx, m, code))
		o.maybe("account_id", "")
	})
	if code != "" {
		w.Header().Set("Skein-Tracking", code)
	}
	w.Header().Set("Cache-Control", "no-store")
	a.send(w, r, http.StatusOK, o)
	return nil
}

// location reads where it is: a point, an address, or both; the standard requires one.
func (a *API) location(f form, s *matter.Submission, refusals *civic.Refusals) {
	lat, long := f.get("lat"), f.get("long")
	s.Address = f.get("address_string")
	if id := f.get("address_id"); id != "" {
		s.Address = strings.TrimSpace(s.Address + "\naddress_id: " + id)
	}
	switch {
	case lat != "" && long != "":
		for _, c := range []struct {
			name, text string
			to         **float64
			most       float64
		}{{"lat", lat, &s.Lat, 90}, {"long", long, &s.Lon, 180}} {
			d, ok := degrees(c.text)
			if !ok || d < -c.most || d > c.most {
				*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.degrees", "value", clip(c.text), "most", c.most).In(c.name))
				continue
			}
			*c.to = &d
		}
	case lat != "":
		*refusals = append(*refusals, missing("long"))
	case long != "":
		*refusals = append(*refusals, missing("lat"))
	case s.Address == "":
		*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.location"))
	}
}

// placed puts a matter that has an address and no point where that address is, if it is one that is known and no other. The point was not given to
// be shown: it is taken for a home. Whatever else the address says goes to the desk.
func (a *API) placed(ctx context.Context, f form, s *matter.Submission) error {
	if f.get("address_string") == "" || f.get("lat") != "" || f.get("long") != "" {
		return nil
	}
	lat, lon, ok, err := a.Address(ctx, f.get("address_string"))
	if ok && err == nil {
		s.Lat, s.Lon, s.Home = &lat, &lon, true
	}
	return err
}

// description reads the text of a report or an update.
func (f form) description(refusals *civic.Refusals) string {
	text := f.get("description")
	if n := utf8.RuneCountInString(text); n > mostDescription {
		*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.description", "count", n, "most", mostDescription).In("description"))
	}
	return text
}

// mediaURL reads the addresses of pictures kept elsewhere. They are kept and never fetched.
func (f form) mediaURL(refusals *civic.Refusals) string {
	urls := strings.Join(f.params["media_url"], "\n")
	if len(urls) > mostURL {
		*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.media_url", "most", mostURL).In("media_url"))
	}
	return urls
}

// notice tells the reporter who answers by when, and what to keep.
func (a *API) notice(ctx context.Context, m matter.State, code string) string {
	voice := a.Site.Voice(ctx)
	lines := []string{voice.Say("open311.notice_waits")}
	if m.Lead != "" {
		lines[0] = voice.Say("open311.notice_lead", "body", m.Lead, "due", m.Resolution.Due)
	}
	if m.Visibility == matter.Private {
		lines = append(lines, voice.Say("open311.notice_private"))
	}
	if code != "" {
		lines = append(lines, voice.Say("open311.notice_code", "code", code))
	}
	return strings.Join(lines, " ")
}

// via is how a report remembers which key brought it: enough of the key's digest to know it again.
func via(key string) string {
	sum := sha256.Sum256([]byte("open311 " + key))
	return hex.EncodeToString(sum[:12])
}

// once makes a task run once for a name that the client gave it; the same name with
// another content is refused. Names of one key are its own.
func (a *API) once(f form, t *clerk.Task, key, name string, wanted bool) {
	if !wanted {
		return
	}
	var parts [][]byte
	for _, p := range slices.Sorted(maps.Keys(f.params)) {
		if p == "api_key" || p == "device_id" {
			continue
		}
		parts = append(parts, []byte(p))
		for _, v := range f.params[p] {
			parts = append(parts, []byte(v))
		}
	}
	for _, p := range f.photos {
		parts = append(parts, p.JPEG)
	}
	named := sha256.Sum256([]byte(name))
	t.Key, t.Digest = "open311 "+via(key)+" "+hex.EncodeToString(named[:]), a.Site.Digest(parts...)
}

// names are the fields of the matter room by the names that this standard has for them.
var names = map[string]string{
	"text": "description", "address": "address_string", "point": "lat", "place": "lat", "category": "service_code",
	"contact.name": "first_name", "contact.email": "email", "contact.phone": "phone",
}

// inside is the matter room's name of a field of this standard.
func inside(name string) string {
	for own, standard := range names {
		if standard == name && own != "place" {
			return own
		}
	}
	return name
}

// fields puts the standard's names into refusals of the matter room.
func fields(err error) error {
	rs, ok := civic.AsRefusals(err)
	if !ok || rs.Kind() == civic.Unavailable {
		return err
	}
	out := slices.Clone(rs)
	for i, r := range out {
		if name, ok := names[r.Field]; ok {
			out[i].Field = name
		}
	}
	return out
}
