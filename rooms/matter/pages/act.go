package pages

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/vault/photo"
	"skein/rooms/matter"
)

// action is something the reporter may do with her matter now.
type action struct {
	Name   string   // of the command, without "matter."
	Of     []string // what can be appealed
	Photos bool
}

// forms are what the page of a matter has forms for, in the order it shows them.
var forms = []action{
	{Name: "supply", Photos: true}, {Name: "confirm"}, {Name: "attach", Photos: true}, {Name: "amend"}, {Name: "reopen"}, {Name: "appeal"}, {Name: "withdraw"},
}

// actions are what the reporter may do now; see matter.API.Possible.
func (p *Pages) actions(ctx context.Context, f found) ([]action, error) {
	if f.eyes.Reporter == "" {
		return nil, nil
	}
	possible, err := p.API.Possible(ctx, f.state, civic.Actor{Kind: civic.Resident, Person: f.eyes.Reporter})
	if err != nil {
		return nil, err
	}
	var out []action
	for _, form := range forms {
		if i := slices.IndexFunc(possible, func(m matter.Possible) bool { return m.Command == form.Name }); i >= 0 {
			form.Of = possible[i].Of
			out = append(out, form)
		}
	}
	return out, nil
}

// act does what a reporter's form says, and shows the matter again.
func (p *Pages) act(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	fields, photos, wrong, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	code := fields.Get("code")
	fields.Del("code")
	f, ok := p.findBy(w, r, r.PathValue("number"), code)
	if !ok {
		return
	}
	name := fields.Get("act")
	if name == "leave" {
		p.keep(w, r, f.state.Number, "")
		to := PathOf(f.state.Number)
		if f.state.Visibility == matter.Private {
			to = "/"
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	form := face.Form{Voice: site.Voice(r.Context()), Values: fields, Prefix: name + "-"}
	command, known := commandOf(name, fields, &form)
	if !known {
		site.Error(w, r, civic.Refuse(civic.Malformed, "pages.act_unknown"))
		return
	}
	form.Take(wrong, map[string]string{"photos": "photos"})
	if len(form.Wrong) > 0 {
		p.show(w, r, f, http.StatusUnprocessableEntity, name, form)
		return
	}
	if err := p.do(r, f, command, photos, fields); err != nil {
		if !form.Take(err, actFields) {
			site.Error(w, r, err)
			return
		}
		p.show(w, r, f, face.Status(err), name, form)
		return
	}
	if cookieless(r) {
		if f, ok := p.findBy(w, r, f.state.Number.String(), code); ok {
			p.show(w, r, f, http.StatusOK, "", face.Form{})
		}
		return
	}
	http.Redirect(w, r, PathOf(f.state.Number), http.StatusSeeOther)
}

// actFields are the fields of the reporter's forms that refusals name.
var actFields = map[string]string{
	"contact.name": "name", "contact.email": "email", "contact.phone": "phone", "contact": "no_contact", "address": "address",
	"text": "text", "reason": "reason", "words": "words", "rating": "rating", "of": "of", "ground": "ground", "photos": "photos",
}

func commandOf(name string, fields url.Values, form *face.Form) (matter.Command, bool) {
	reason := fields.Get("reason")
	switch name {
	case "confirm":
		c := matter.Confirm{Solved: fields.Get("solved") == "yes", Words: fields.Get("words")}
		if s := fields.Get("solved"); s != "yes" && s != "no" {
			form.Add("solved", "pages.solved_missing")
		}
		if rating := fields.Get("rating"); rating != "" {
			var err error
			if c.Rating, err = strconv.Atoi(rating); err != nil {
				form.Add("rating", "matter.rating_range", "most", 5)
			}
		}
		return c, true
	case "supply":
		return matter.Supply{Text: fields.Get("text")}, true
	case "amend":
		c := matter.Amend{Text: fields.Get("text"), Address: fields.Get("address")}
		reach := matter.Contact{Name: fields.Get("name"), Email: fields.Get("email"), Phone: fields.Get("phone"), Language: form.Voice.Lang}
		switch taken := fields.Get("no_contact") == "yes"; {
		case taken && !reach.Empty():
			form.Add("no_contact", "pages.contact_both")
		case taken:
			c.Reach = &matter.Contact{}
		case !reach.Empty():
			c.Reach = &reach
		}
		return c, true
	case "notify":
		c := matter.Amend{Push: &matter.Push{Endpoint: fields.Get("endpoint"), Key: fields.Get("p256dh"), Auth: fields.Get("auth"), Language: form.Voice.Lang}}
		if fields.Get("stop") == "yes" {
			c.Push = &matter.Push{}
		} else if fields.Get("endpoint") == "" {
			form.Add("", "pages.push_without")
		}
		return c, true
	case "attach":
		return matter.Attach{Text: fields.Get("text")}, true
	case "reopen":
		if reason == "" {
			form.Add("reason", "pages.reason_missing")
		}
		return matter.Reopen{Reason: reason}, true
	case "appeal":
		if reason == "" {
			form.Add("reason", "pages.reason_missing")
		}
		return matter.Appeal{Of: fields.Get("of"), Ground: fields.Get("ground"), Reason: reason}, true
	case "withdraw":
		return matter.Withdraw{Reason: reason}, true
	}
	return nil, false
}

func (p *Pages) do(r *http.Request, f found, c matter.Command, photos []photo.Photo, fields url.Values) error {
	site := p.API.Site
	who := face.Actor(r.Context())
	who.Person = f.eyes.Reporter
	t, err := p.API.Intake.On(r.Context(), site.Realm.View(), who, f.state, c, photos)
	if err != nil {
		return err
	}
	if err := p.API.Forget(r.Context(), f.state, &t); err != nil {
		return err
	}
	t.Key, t.Digest = p.API.Site.FormOnce(fields)
	_, err = site.Realm.Do(r.Context(), t)
	return err
}
