package open311

import (
	"net/http"
	"slices"
	"strings"

	"skein/frame/civic"
)

// discovery says where what is (https://wiki.open311.org/Service_Discovery).
func (a *API) discovery(w http.ResponseWriter, r *http.Request) error {
	_, f := path(r)
	v := a.Site.Realm.View()
	voice := a.Site.Voice(r.Context())
	changed := a.time(a.Services(v, a.Site.Realm.Now()).Changed())
	use := "production"
	if v.Settings.Demo != nil {
		use = "test" // nothing that is reported to a demonstration is acted upon
	}
	o := newOut(f, 1024)
	o.object("discovery", func() {
		o.text("changeset", changed)
		o.text("contact", voice.Say("open311.contact", "realm", v.Settings.Title(voice.Lang), "url", a.Site.PublicURL))
		o.text("key_service", voice.Say("open311.key_service", "realm", v.Settings.Title(voice.Lang)))
		o.within("endpoints", func() {
			o.list("endpoints", "endpoint", 1, func(int) {
				o.text("specification", "http://wiki.open311.org/GeoReport_v2")
				o.text("url", a.Site.PublicURL+prefix)
				o.text("changeset", changed)
				o.text("type", use)
				o.texts("formats", "format", []string{"text/xml", "application/json"})
			})
		})
	})
	a.send(w, r, http.StatusOK, o)
	return nil
}

// offered lists what can be reported, in the reader's language.
func (a *API) offered(r *http.Request) []Service {
	return a.Services(a.Site.Realm.View(), a.Site.Realm.Now()).Offered(a.Site.Voice(r.Context()).Lang)
}

// services lists what can be reported. None asks for more than the standard's own fields.
func (a *API) services(w http.ResponseWriter, r *http.Request) error {
	_, f := path(r)
	offered := a.offered(r)
	o := newOut(f, 300*len(offered)+64)
	o.list("services", "service", len(offered), func(i int) {
		s := offered[i]
		hint := s.Hint
		if hint == "" {
			hint = s.Name
		}
		o.text("service_code", string(s.Code))
		o.text("service_name", s.Name)
		o.text("description", hint)
		o.truth("metadata", false)
		o.text("type", "realtime")
		o.text("keywords", strings.Join(s.Keywords, ", "))
		o.text("group", s.Group)
	})
	a.send(w, r, http.StatusOK, o)
	return nil
}

// definition answers for a service that has no attributes of its own: an empty list of them.
func (a *API) definition(w http.ResponseWriter, r *http.Request, code string) error {
	s, err := a.service(r, code)
	if err != nil {
		return err
	}
	_, f := path(r)
	o := newOut(f, 128)
	o.object("service_definition", func() {
		o.text("service_code", string(s.Code))
		o.within("attributes", func() { o.list("attributes", "attribute", 0, nil) })
	})
	a.send(w, r, http.StatusOK, o)
	return nil
}

// service finds what is offered under a code.
func (a *API) service(r *http.Request, code string) (Service, error) {
	offered := a.offered(r)
	i := slices.IndexFunc(offered, func(s Service) bool { return string(s.Code) == code })
	if i < 0 {
		return Service{}, civic.Refuse(civic.Missing, "open311.service", "code", clip(code))
	}
	return offered[i], nil
}
