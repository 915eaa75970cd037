package pages

import (
	"net/http"
	"strconv"
	"time"

	"skein/frame/civic"
	"skein/frame/paper"
)

// filePDF is the same file as a PDF. What nobody released goes through the same gate as the page: it leaves once the reading is written down.
func (p *Pages) filePDF(w http.ResponseWriter, r *http.Request) {
	f, actor, ok := p.worker(w, r)
	if !ok {
		return
	}
	o, err := p.workView(r, f, actor)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	shown := map[string][]byte{}
	for _, l := range o.Lines {
		for _, it := range l.Photos[:min(len(l.Photos), max(0, mostFilePhotos-len(shown)))] {
			if it.Media != "image/jpeg" {
				continue
			}
			switch photo, err := p.API.Photo(r.Context(), f.state, f.eyes, it.Digest); {
			case err == nil:
				shown[it.Digest] = photo
			case !erased(err): // such as a reading that cannot be written down
				p.API.Site.Error(w, r, err)
				return
			}
		}
	}
	file, err := fileDocument(o, p.API.Site.Realm.View().Settings.Title(o.Voice.Lang), shown).PDF()
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", paper.Media)
	h.Set("Content-Disposition", `attachment; filename="`+o.Number+`.pdf"`)
	h.Set("Cache-Control", "no-store")
	w.Write(file)
}

// mostFilePhotos bounds the photos of one file, which is put together in memory.
const mostFilePhotos = 40

// erased reports whether a photo is not there any more.
func erased(err error) bool {
	refusals, ok := civic.AsRefusals(err)
	return ok && refusals.Kind() == civic.Missing
}

// fileDocument is what filePage shows, as a document; photos are those of its reader, by digest.
func fileDocument(o workView, realm string, photos map[string][]byte) paper.Document {
	v := o.Voice
	d := paper.Document{
		Title: o.Title + " " + o.Number, Lang: v.Lang, Author: realm, Made: o.Now.Time().Truncate(time.Second), Footer: realm + " · " + o.Number, Say: v.Say,
	}
	add := func(b ...paper.Block) { d.Blocks = append(d.Blocks, b...) }
	texts := func(all []string) {
		for _, t := range all {
			add(paper.Text(t))
		}
	}
	points := func(all []string) {
		var l paper.List
		for _, s := range all {
			l = append(l, paper.Text(s))
		}
		add(l)
	}
	add(paper.Text(v.Say("pages.file_made", "when", v.DateTime(o.Now))), paper.Text(lede(o.oneView)), paper.Heading{Level: 2, Text: v.Say("pages.who_answers")}, fileAnswers(o.oneView))
	if len(o.Clock) > 0 {
		add(paper.Heading{Level: 3, Text: v.Say("pages.why_date")})
		points(o.Clock)
	} else if o.Matter.Due != 0 {
		add(paper.Quiet{{Text: v.Say("pages.date_given")}})
	}
	if len(o.Why) > 0 {
		add(paper.Heading{Level: 3, Text: v.Say("pages.why_body")})
		points(o.Why)
		if o.Row != "" {
			add(paper.Text(v.Say("pages.list_row", "row", o.Row, "version", o.List)))
		}
	}
	if o.Dispute != nil {
		add(fileDispute(o)...)
	}
	if len(o.Joint) > 0 {
		add(paper.Heading{Level: 2, Text: v.Say("pages.joint_opinions")})
	}
	for _, x := range o.Joint {
		add(paper.Heading{Level: 3, Text: v.Value(x.Body)})
		if x.At != 0 {
			add(paper.Quiet{{Text: v.Say("pages.joint_said", "date", v.DateTime(x.At))}})
		} else {
			add(paper.Text(v.Say("pages.joint_owes", "when", v.DateTime(x.Due))))
		}
		texts(x.Texts)
	}
	add(paper.Heading{Level: 2, Text: v.Say("pages.story")})
	for _, l := range o.Lines {
		add(fileLine(o.oneView, l, photos)...)
		if len(l.Sums) > 0 {
			points(l.Sums)
		}
		if l.Power != "" {
			add(paper.Quiet{{Text: v.Say("pages.power") + " " + l.PowerTitle}})
		}
	}
	return d
}

// fileAnswers is answersFor.
func fileAnswers(o oneView) paper.Table {
	v, t := o.Voice, paper.Table{Columns: []paper.Column{{}, {}}}
	row := func(key, text string) { t.Rows = append(t.Rows, []string{v.Say(key), text}) }
	switch lead := v.Value(o.Matter.Lead); {
	case o.Matter.Lead == "":
		row("pages.lead", v.Say("pages.nobody_yet")+"\n"+waiting(o))
	case o.Post != "":
		row("pages.lead", lead+"\n"+v.Value(o.Post))
	default:
		row("pages.lead", lead)
	}
	for _, b := range o.Matter.Joint {
		row("pages.joint", v.Value(b))
	}
	if o.Matter.Due != 0 {
		row("pages.due", v.Date(o.Matter.Due)+" "+clockTime(o))
	}
	row("pages.hand_overs", strconv.Itoa(o.HandOver))
	if o.Matter.Law != "" {
		row("pages.law", o.Matter.Law)
	}
	return t
}

// fileDispute is disputePage.
func fileDispute(o workView) (out []paper.Block) {
	v, d := o.Voice, o.Dispute
	say := func(key string, args ...any) { out = append(out, paper.Text(v.Say(key, args...))) }
	out = append(out, paper.Heading{Level: 2, Text: v.Say("pages.dispute")})
	if d.Objects != "" {
		out = append(out, paper.Heading{Level: 3, Text: v.Value(d.Objects)})
	} else {
		out = append(out, paper.Heading{Level: 3, Text: v.Say("pages.dispute_nobody")})
	}
	if d.Ground != "" {
		out = append(out, paper.Text(d.Ground))
	}
	for _, t := range d.Texts {
		out = append(out, paper.Text(t))
	}
	if d.Declines {
		say("pages.dispute_decline", "law", d.Law, "elsewhere", d.Where)
	}
	out = append(out, paper.Heading{Level: 3, Text: v.Say("pages.dispute_list")})
	for _, s := range d.ListSays {
		out = append(out, paper.Text(s))
	}
	for _, r := range d.Rows {
		say("pages.dispute_row", "category", r.Category, "place", r.Place, "lead", r.Lead)
		out = append(out, paper.Quiet{{Text: r.Law}})
	}
	if len(d.Rows) == 0 {
		say("pages.dispute_no_row")
	}
	out = append(out, paper.Heading{Level: 3, Text: v.Say("pages.dispute_before")})
	if len(d.Before) == 0 {
		say("pages.dispute_before_none")
	}
	for _, b := range d.Before {
		say("pages.dispute_precedent", "category", b.Category, "place", b.Place, "lead", b.Lead, "before", b.Before)
		if b.Settled > 0 {
			out = append(out, paper.Quiet{{Text: v.Say("pages.dispute_settled", "version", b.Settled)}})
		}
	}
	return out
}

// fileLine is an act of the story.
func fileLine(o oneView, l line, photos map[string][]byte) (out []paper.Block) {
	v := o.Voice
	when := v.DateTime(l.Happened) + " · " + l.By
	if l.Imported {
		when += " · " + v.Say("pages.imported")
	}
	if l.Inferred {
		when += " · " + v.Say("pages.inferred")
	}
	title := l.Title
	if l.Retracted {
		title = v.Say("pages.file_retracted", "act", title)
	}
	out = append(out, paper.Heading{Level: 3, Text: title}, paper.Quiet{{Text: when}})
	if l.Replaced != 0 {
		out = append(out, paper.Text(v.Say("pages.replaced")))
	}
	out = append(out, paper.Text(l.Words))
	for _, t := range l.Texts {
		out = append(out, paper.Text(t.Text))
		if t.Standing != "" {
			out = append(out, paper.Quiet{{Text: t.Standing}})
		}
	}
	if l.Erased {
		out = append(out, paper.Text(v.Say("pages.erased")))
	}
	left := 0
	for i, it := range l.Photos {
		if photo := photos[it.Digest]; photo != nil {
			out = append(out, paper.Photo{JPEG: photo, Caption: v.Say("pages.photo_alt", "n", i+1)})
		} else {
			left++
		}
	}
	if left > 0 {
		out = append(out, paper.Text(v.Say("pages.file_photos", "count", left)))
	}
	for _, s := range l.Standing {
		out = append(out, paper.Quiet{{Text: s}})
	}
	return out
}
