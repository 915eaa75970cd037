package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// Several matters at once, where that is lawful: to accept is the same word each time; one answer fits several only where they ask
// for the same. Each is a command and an act of its own, and each refusal is told.

// mostBulk bounds how many are done at once.
const mostBulk = queueOf

// bulkDone is what became of one of them.
type bulkDone struct {
	Number  string
	Refused []string
}

// bulkAnswers reports whether one answer may be given to a matter and others: a complaint, a dispute and what is private are
// answered each for itself.
func bulkAnswers(s matter.State) bool {
	switch s.Kind {
	case matter.Complaint, matter.Dispute, matter.Safety:
		return false
	}
	return s.Visibility != matter.Private && s.Status == matter.StatusWorking && !s.Declining
}

func bulkOutcomes(v words.Voice) []face.Option {
	var out []face.Option
	for _, o := range []matter.Outcome{matter.Fixed, matter.Explained, matter.NotPossible} {
		out = append(out, face.Option{Value: string(o), Title: v.Say("matter.outcome." + string(o))})
	}
	return out
}

// bulk does what the queue's form says with each matter that was chosen.
func (p *Pages) bulk(w http.ResponseWriter, r *http.Request) {
	actor, ok := p.staff(w, r)
	if !ok {
		return
	}
	site, ctx := p.API.Site, r.Context()
	fields, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	v := site.Voice(ctx)
	form := face.Form{Voice: v, Values: fields, Prefix: "bulk-"}
	numbers := fields["number"]
	if len(numbers) == 0 || len(numbers) > mostBulk {
		form.Add("", "pages.bulk_none", "most", mostBulk)
	}
	var c matter.Command
	switch fields.Get("do") {
	case "accept":
		c = matter.Accept{}
	case "answer":
		outcome := matter.Outcome(fields.Get("outcome"))
		if !slices.ContainsFunc(bulkOutcomes(v), func(o face.Option) bool { return o.Value == string(outcome) }) {
			form.Add("outcome", "pages.bulk_outcome")
		}
		if strings.TrimSpace(fields.Get("reason")) == "" {
			form.Add("reason", "pages.reason_missing")
		}
		for _, near := range matter.Near(fields.Get("reason")) {
			form.Wrong = append(form.Wrong, face.Wrong{Field: "reason", Message: v.Refusal(near)})
		}
		c = matter.Answer{Outcome: outcome, Reason: fields.Get("reason"), Release: fields.Get("release") == "yes"}
	default:
		site.Error(w, r, civic.Refuse(civic.Malformed, "pages.act_unknown"))
		return
	}
	var states []matter.State
	if len(form.Wrong) == 0 {
		for _, n := range numbers {
			s, err := p.API.Find(ctx, n)
			if err == nil {
				if _, ok := matter.Visible(s, p.API.Eyes(ctx, s, "")); !ok {
					err = civic.Refuse(civic.Missing, "matter.none")
				}
			}
			if err != nil {
				site.Error(w, r, err)
				return
			}
			states = append(states, s)
		}
	}
	if _, answers := c.(matter.Answer); answers && len(form.Wrong) == 0 {
		for _, s := range states {
			if !bulkAnswers(s) || s.Category != states[0].Category {
				form.Add("", "pages.bulk_unlike")
				break
			}
		}
	}
	if len(form.Wrong) > 0 {
		p.showQueue(w, r, actor, http.StatusUnprocessableEntity, form, nil)
		return
	}
	var done []bulkDone
	for _, s := range states {
		d := bulkDone{Number: s.Number.String()}
		if err := p.order(r, actor, s, c, nil, fields); err != nil {
			rs, refused := civic.AsRefusals(err)
			if !refused {
				site.Error(w, r, err)
				return
			}
			d.Refused = v.Refusals(rs)
		}
		done = append(done, d)
	}
	p.showQueue(w, r, actor, http.StatusOK, face.Form{Values: url.Values{}}, done)
}
