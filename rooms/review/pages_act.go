package review

import (
	"context"
	"net/http"
	"net/url"

	"skein/face"
	"skein/frame/civic"
)

// act does what a form says, and shows the appeal again.
func (p *Pages) act(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	s, v, actor, err := p.look(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	fields := r.PostForm
	name := fields.Get("act")
	c, known := commandOf(name, fields)
	if !known {
		site.Error(w, r, civic.Refuse(civic.Malformed, "review.act_unknown"))
		return
	}
	form := face.Form{Voice: site.Voice(r.Context()), Values: fields, Prefix: name + "-"}
	if err := p.do(r.Context(), s, actor, c, fields); err != nil {
		if !form.Take(err, actFields) {
			site.Error(w, r, err)
			return
		}
		p.show(w, r, s, v, actor, face.Status(err), name, form)
		return
	}
	http.Redirect(w, r, PathOf(s.Number), http.StatusSeeOther)
}

func (p *Pages) do(ctx context.Context, s State, actor civic.Actor, c Command, fields url.Values) error {
	t, err := p.API.task(ctx, actor, s, c)
	if err != nil {
		return err
	}
	t.Key, t.Digest = p.API.Site.FormOnce(fields)
	_, err = p.API.Site.Realm.Do(ctx, t)
	return err
}

// actFields are the fields of the forms that refusals name.
var actFields = map[string]string{
	"text": "text", "reason": "reason", "at": "at", "place": "place", "record": "record", "result": "result", "law": "law", "found": "found",
	"reasons": "reasons", "outcome": "outcome", "by": "by", "show": "show", "within": "within", "directions": "directions",
}

func commandOf(name string, f url.Values) (Command, bool) {
	yes := func(field string) bool { return f.Get(field) == "yes" }
	switch name {
	case "take":
		return Take{}, true
	case "recuse":
		return Recuse{Reason: f.Get("reason")}, true
	case "reply":
		return Reply{Text: f.Get("text")}, true
	case "ask-hearing":
		return AskHearing{Reason: f.Get("reason")}, true
	case "waive-hearing":
		return WaiveHearing{}, true
	case "call-hearing":
		return CallHearing{Time: f.Get("at"), Place: f.Get("place")}, true
	case "hold-hearing":
		return HoldHearing{Appellant: yes("appellant"), Respondent: yes("respondent"), Record: f.Get("record")}, true
	case "extend":
		return Extend{Reason: f.Get("reason")}, true
	case "decide":
		return Settle{
			Result: Result(f.Get("result")), Law: f.Get("law"), Found: f.Get("found"), Reasons: f.Get("reasons"), Outcome: f.Get("outcome"), Date: f.Get("by"),
			Show: f["show"], Within: Limit(f.Get("within")), Directions: f.Get("directions"),
		}, true
	case "publish":
		return Publish{Found: f.Get("found"), Reasons: f.Get("reasons"), Looked: yes("looked")}, true
	case "withdraw":
		return Withdraw{Reason: f.Get("reason")}, true
	}
	return nil, false
}
