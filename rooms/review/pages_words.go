package review

import (
	"net/url"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
)

// ofTitle is what is appealed, at the head of a line.
func ofTitle(v words.Voice, of string) string { return v.Value(ofCode(of)) }

func heading(o oneView) string {
	return o.Voice.Say("review.pages.heading", "of", ofCode(o.Appeal.Of))
}

// stateOf is the mark of a status: how the tag is coloured.
func stateOf(v View) string {
	switch v.Status {
	case StatusDecided:
		return "closed"
	case StatusWithdrawn:
		return "withdrawn"
	}
	return "working"
}

// standing is where an appeal stands, in a word.
func standing(voice words.Voice, v View) string {
	if v.Status == StatusDecided {
		return voice.Say("review.result." + string(v.Result))
	}
	return voice.Say("review.status." + string(v.Status))
}

// lede says in one sentence how the appeal stands.
func lede(o oneView) string {
	v, a := o.Voice, o.Appeal
	switch a.Status {
	case StatusOpen:
		return v.Say("review.pages.lede_open", "take", a.TakeBy.Due, "due", a.DecideBy.Due)
	case StatusTaken:
		return v.Say("review.pages.lede_taken", "post", a.Reviewer, "body", a.Reviewer.Body(), "due", a.DecideBy.Due)
	case StatusWithdrawn:
		return v.Say("review.pages.lede_withdrawn")
	}
	return v.Say("review.pages.lede_decided", "result", words.Code{Key: "review.result." + string(a.Result), Else: string(a.Result)}, "date", v.Date(a.Case.Decided), "post", a.Reviewer, "body", a.Reviewer.Body())
}

// results are those that a decision on this appeal can have.
func results(o oneView) []face.Option {
	var out []face.Option
	for _, r := range o.Rules.Results[o.Appeal.Of] {
		out = append(out, face.Option{Value: string(r), Title: o.Voice.Say("review.result." + string(r)), Hint: o.Voice.Say("review.result_hint." + string(r))})
	}
	return out
}

func outcomes(o oneView) []face.Group {
	var g face.Group
	for _, code := range o.Rules.Outcomes {
		g.Options = append(g.Options, face.Option{Value: code, Title: o.Voice.Value(words.Code{Key: "matter.outcome." + code, Else: code})})
	}
	return []face.Group{g}
}

// formOf is the form of an action: as it was refused, or fresh. What is published begins as what was decided.
func formOf(o oneView, act string) face.Form {
	if act == o.Act {
		return o.Form
	}
	f := face.Form{Voice: o.Voice, Prefix: act + "-", Values: url.Values{}}
	if act == "publish" {
		for _, it := range o.Appeal.Items {
			if it.From == FromFound || it.From == FromReasons {
				f.Values.Set(it.From, o.Texts[it.Digest])
			}
		}
	}
	return f
}

// GroundOptions are the grounds of an appeal, for the form that makes one.
func GroundOptions(v words.Voice, r *Rules) []face.Option {
	out := make([]face.Option, len(r.Grounds))
	for i, g := range r.Grounds {
		out[i] = face.Option{Value: g.Code, Title: v.Value(groundCode(g.Code)), Hint: v.Law(g.Law)}
	}
	return out
}

// TitleOf is an appeal in a line: what it is against, and how it stands.
func TitleOf(v words.Voice, s State) string {
	view, _ := Visible(s, Eyes{Appellant: s.Appellant})
	return v.Say("review.pages.line", "of", ofCode(s.Of), "standing", standing(v, view))
}

// textsOf are the texts that the story shows with an act: what is published stands with the decision already.
func textsOf(l line) []string {
	if l.Act == "published" {
		return nil
	}
	return l.Texts
}

// whenDone is when a public act was done, as a voice says it.
func whenDone(v words.Voice, t face.Time) string {
	at, err := time.Parse(time.RFC3339, string(t))
	if err != nil {
		return string(t)
	}
	return v.DateTime(civic.At(at))
}
