package pages

import (
	"fmt"
	"net/url"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// workAct is an act of staff as a form: the fields are those of its command.
type workAct struct {
	Name   string // of the command, without "matter."
	Fields []workField
	Photos bool
	Grave  bool
	Open   bool
	Form   face.Form
	make   func(p *Pages, f found, v url.Values, form *face.Form, actor civic.Actor) matter.Command
}

// workField is a field of one; its label is pages.work_LABEL.
type workField struct {
	Name, Label string
	Kind        string // area, line, select, radios, tick, date
	Optional    bool
	Hint        bool // there is one: pages.work_LABEL_hint
	Most        int
	list        func(p *Pages, v words.Voice, f found) []face.Group
	groups      []face.Group
}

func area(name, label string) workField {
	return workField{Name: name, Label: label, Kind: "area", Most: 10000}
}

func line1(name, label string) workField {
	return workField{Name: name, Label: label, Kind: "line", Most: 300}
}

func tick(name, label string) workField { return workField{Name: name, Label: label, Kind: "tick"} }

func (x workField) may() workField { x.Optional = true; return x }

func (x workField) hinted() workField { x.Hint = true; return x }

func choose(kind, name, label string, list func(p *Pages, v words.Voice, f found) []face.Group) workField {
	return workField{Name: name, Label: label, Kind: kind, list: list}
}

func categories(p *Pages, v words.Voice, _ found) []face.Group {
	return reportGroups(p.Ports.Categories(p.API.Site.Realm.View(), v.Lang))
}

func places(p *Pages, v words.Voice, _ found) []face.Group {
	return p.Ports.Places(p.API.Site.Realm.View(), v)
}

func bodies(p *Pages, v words.Voice, _ found) []face.Group {
	return []face.Group{{Options: p.Ports.Bodies(p.API.Site.Realm.View(), v.Lang)}}
}

func (p *Pages) rules() *matter.Rules { return p.API.Ports.Rules(p.API.Site.Realm.View()) }

// setRight are the fields that tell what a report lacks, or has wrong.
var setRight = []workField{
	choose("select", "category", "category", categories).may(),
	choose("select", "place", "place", places).may(),
	choose("select", "kind", "kind", func(_ *Pages, v words.Voice, _ found) []face.Group { return options(v, "matter.kind.", matter.Kinds) }).may(),
	choose("select", "against", "against", bodies).may().hinted(),
	choose("select", "visibility", "visibility", func(_ *Pages, v words.Voice, _ found) []face.Group {
		return options(v, "matter.visibility.", []matter.Visibility{matter.Blurred, matter.Private})
	}).may().hinted(),
}

func setRightOf(v url.Values) matter.SetRight {
	return matter.SetRight{
		Kind: matter.Kind(v.Get("kind")), Category: civic.Category(v.Get("category")), Where: matter.Where{Place: civic.PlaceID(v.Get("place"))},
		Visibility: matter.Visibility(v.Get("visibility")), Reason: v.Get("reason"), Against: civic.BodyID(v.Get("against")),
	}
}

const mostParts = 4

// partFields are the fields of a split: a text and a category a part.
func partFields() []workField {
	var out []workField
	for i := 1; i <= mostParts; i++ {
		text, category := area(fmt.Sprintf("text%d", i), "part"), choose("select", fmt.Sprintf("category%d", i), "part_category", categories)
		text.Optional = i > 1
		out = append(out, text, category.may())
	}
	return append(out, tick("waits", "waits"))
}

type made = func(p *Pages, f found, v url.Values, form *face.Form, actor civic.Actor) matter.Command

// plain is an act whose command needs nothing but what is written.
func plain(of func(v url.Values) matter.Command) made {
	return func(_ *Pages, _ found, v url.Values, _ *face.Form, _ civic.Actor) matter.Command { return of(v) }
}

func yes(v url.Values, name string) bool { return v.Get(name) == "yes" }

func unmasked(v url.Values) matter.Unmasked { return matter.Unmasked{Unmasked: yes(v, "unmasked")} }

// workActs are the acts of staff that have a form, in the order in which the page shows them. What everyone may see of texts and
// photos is decided on a page of its own (release.go).
var workActs = []workAct{
	{Name: "triage", Fields: append(setRight[:len(setRight):len(setRight)], area("reason", "reason").may()), make: plain(func(v url.Values) matter.Command { return matter.Triage{SetRight: setRightOf(v)} })},
	{Name: "accept", make: plain(func(url.Values) matter.Command { return matter.Accept{} })},
	{Name: "object", Fields: []workField{
		choose("radios", "ground", "ground", func(p *Pages, v words.Voice, _ found) []face.Group {
			return options(v, "matter.ground.", p.rules().ObjectionGrounds)
		}),
		choose("select", "proposed", "proposed", bodies).may().hinted(), area("reason", "reason"),
	}, make: plain(func(v url.Values) matter.Command {
		return matter.Object{Ground: v.Get("ground"), Proposed: civic.BodyID(v.Get("proposed")), Reason: v.Get("reason")}
	})},
	{Name: "rule", Fields: []workField{
		choose("select", "lead", "rule_whom", bodies).may().hinted(), line1("law", "law"), area("reason", "reason_public").hinted(), tick("unmasked", "unmasked"),
	}, make: plain(func(v url.Values) matter.Command {
		return matter.Rule{Lead: civic.BodyID(v.Get("lead")), Law: v.Get("law"), Reason: v.Get("reason"), Unmasked: unmasked(v)}
	})},
	{Name: "decline", Fields: []workField{
		choose("radios", "decline", "decline_which", func(_ *Pages, v words.Voice, _ found) []face.Group {
			return []face.Group{{Options: []face.Option{{Value: "yes", Title: v.Say("pages.work_decline_yes")}, {Value: "no", Title: v.Say("pages.work_decline_no")}}}}
		}), line1("law", "law"), area("reason", "reason"),
	}, make: func(_ *Pages, _ found, v url.Values, form *face.Form, _ civic.Actor) matter.Command {
		if d := v.Get("decline"); d != "yes" && d != "no" {
			form.Add("decline", "pages.work_decline_missing")
		}
		return matter.Decline{Decline: yes(v, "decline"), Law: v.Get("law"), Reason: v.Get("reason")}
	}},
	{Name: "answer", Photos: true, Fields: []workField{
		choose("radios", "outcome", "outcome", func(_ *Pages, v words.Voice, _ found) []face.Group {
			return options(v, "matter.outcome.", matter.Outcomes)
		}),
		{Name: "by", Label: "by", Kind: "date", Optional: true, Hint: true}, area("reason", "reason_answer"), line1("law", "law").may(), tick("release", "release"), tick("unmasked", "unmasked"),
	}, make: func(_ *Pages, _ found, v url.Values, form *face.Form, _ civic.Actor) matter.Command {
		return matter.Answer{
			Outcome: matter.Outcome(v.Get("outcome")), By: untilDay(form, "by"), Reason: v.Get("reason"), Law: v.Get("law"), Release: yes(v, "release"), Unmasked: unmasked(v),
		}
	}},
	{Name: "contribute", Photos: true, Fields: []workField{area("text", "contribution").hinted()}, make: plain(func(v url.Values) matter.Command { return matter.Contribute{Text: v.Get("text")} })},
	{Name: "ask", Fields: []workField{area("text", "question")}, make: plain(func(v url.Values) matter.Command { return matter.Ask{Text: v.Get("text")} })},
	{Name: "tell", Fields: []workField{area("text", "word"), tick("release", "release"), tick("unmasked", "unmasked")}, make: plain(func(v url.Values) matter.Command {
		return matter.Tell{Text: v.Get("text"), Release: yes(v, "release"), Unmasked: unmasked(v)}
	})},
	{Name: "attach", Photos: true, Fields: []workField{area("text", "note").may().hinted()}, make: plain(func(v url.Values) matter.Command { return matter.Attach{Text: v.Get("text")} })},
	{Name: "pause", Fields: []workField{
		choose("radios", "ground", "ground", func(p *Pages, v words.Voice, _ found) []face.Group {
			var codes []string
			for _, g := range p.rules().PauseGrounds {
				codes = append(codes, g.Code)
			}
			return options(v, "matter.ground.", codes)
		}), area("reason", "reason").may(),
	}, make: plain(func(v url.Values) matter.Command {
		return matter.Pause{Ground: v.Get("ground"), Reason: v.Get("reason")}
	})},
	{Name: "resume", make: plain(func(url.Values) matter.Command { return matter.Resume{} })},
	{Name: "extend", Fields: []workField{line1("limit", "limit").hinted(), area("reason", "reason")}, make: func(_ *Pages, _ found, v url.Values, form *face.Form, _ civic.Actor) matter.Command {
		limit := strings.TrimSpace(v.Get("limit"))
		if _, err := calendar.ParseLimit(limit); err != nil && limit != "" {
			form.Take(err, map[string]string{"": "limit"})
		}
		return matter.Extend{Limit: matter.Limit(limit), Reason: v.Get("reason")}
	}},
	{Name: "propose-decline", Fields: []workField{line1("law", "law"), line1("elsewhere", "elsewhere").hinted(), area("reason", "reason")}, make: plain(func(v url.Values) matter.Command {
		return matter.ProposeDecline{Law: v.Get("law"), Reason: v.Get("reason"), Elsewhere: v.Get("elsewhere")}
	})},
	{Name: "correct", Fields: append(setRight[:len(setRight):len(setRight)], area("reason", "reason")), make: plain(func(v url.Values) matter.Command { return matter.Correct{SetRight: setRightOf(v)} })},
	{Name: "join", Fields: []workField{line1("into", "into").hinted(), area("reason", "reason").may()}, make: plain(func(v url.Values) matter.Command {
		return matter.Join{Into: civic.DossierID(strings.TrimSpace(v.Get("into"))), Reason: v.Get("reason")}
	})},
	{Name: "split", Fields: partFields(), make: plain(func(v url.Values) matter.Command {
		var parts []matter.Part
		for i := 1; i <= mostParts; i++ {
			text, category := v.Get(fmt.Sprintf("text%d", i)), v.Get(fmt.Sprintf("category%d", i))
			if strings.TrimSpace(text) != "" || category != "" {
				parts = append(parts, matter.Part{Text: text, Category: civic.Category(category)})
			}
		}
		return matter.Split{Parts: parts, Waits: yes(v, "waits")}
	})},
	{Name: "hold", Fields: []workField{
		choose("radios", "ground", "ground", func(p *Pages, v words.Voice, _ found) []face.Group {
			return options(v, "matter.ground.", p.rules().Holds.Grounds)
		}), line1("law", "law"), {Name: "until", Label: "until", Kind: "date"},
	}, make: func(_ *Pages, _ found, v url.Values, form *face.Form, _ civic.Actor) matter.Command {
		return matter.PutHold{Ground: v.Get("ground"), Law: v.Get("law"), Until: untilDay(form, "until")}
	}},
	{Name: "unhold", make: plain(func(url.Values) matter.Command { return matter.Unhold{} })},
	{Name: "erase", Grave: true, Fields: []workField{
		line1("request", "request").hinted(),
		choose("radios", "checked", "checked", func(p *Pages, v words.Voice, _ found) []face.Group {
			return options(v, "matter.checked.", p.rules().IdentityChecks)
		}), tick("withdraw", "withdraw"),
	}, make: plain(func(v url.Values) matter.Command {
		return matter.Erase{Withdraw: yes(v, "withdraw"), Request: v.Get("request"), Checked: v.Get("checked")}
	})},
	{Name: "retract", Grave: true, Fields: []workField{area("reason", "reason")}, make: func(_ *Pages, f found, v url.Values, _ *face.Form, actor civic.Actor) matter.Command {
		return matter.Retract{Act: f.state.Retractable(actor), Reason: v.Get("reason")}
	}},
}

// workFields are the fields of an act that refusals name.
func workFields(a workAct) map[string]string {
	out := map[string]string{"attached": "photos", "evidence": "photos", "photos": "photos", "places": "place", "point": "place", "parts": "text1"}
	for _, x := range a.Fields {
		out[x.Name] = x.Name
	}
	for i := range mostParts {
		out[fmt.Sprintf("parts[%d].text", i)] = fmt.Sprintf("text%d", i+1)
		out[fmt.Sprintf("parts[%d].category", i)] = fmt.Sprintf("category%d", i+1)
	}
	return out
}

// field is what a form says of a field.
func (x workField) field(v words.Voice) face.Field {
	out := face.Field{Name: x.Name, Label: v.Say("pages.work_" + x.Label), Optional: x.Optional, Most: x.Most, Auto: "off"}
	if x.Hint {
		out.Hint = v.Say("pages.work_" + x.Label + "_hint")
	}
	if x.Kind == "date" {
		out.Type, out.Short = "date", true
	}
	return out
}
