package matter

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"skein/frame/civic"
	"skein/science/mask"
)

// erase has what was told erased at its reporter's word, or at the desk for her on a written request. A hold delays
// it; asking a second time is no error.
func (d *decision) erase(c Erase) {
	d.permit("erased")
	if d.f.Asker.Kind == civic.Post {
		if !fileNumber(c.Request) { // it stands in the act for ever, so it must be no name
			d.wrong("request", "matter.request_number")
		} else if personal(c.Request) {
			d.wrong("request", "matter.request_personal")
		}
		if !slices.Contains(d.f.Rules.IdentityChecks, c.Checked) {
			d.wrong("checked", "matter.check_unknown", "checked", clip(c.Checked))
		}
		if c.Withdraw {
			d.wrong("withdraw", "matter.reporter_alone")
		}
	} else {
		c.Request, c.Checked = "", ""
	}
	if !d.ok() || d.s.Spent() {
		return
	}
	if c.Withdraw {
		if d.withdraw(Withdraw{}); !d.ok() {
			return
		}
	}
	switch {
	case d.s.Hold == nil:
		d.emit(Erased{Ground: ErasedAsked, Request: c.Request, Checked: c.Checked})
	case d.s.Asking == 0:
		d.emit(ErasureAsked{Until: d.s.Hold.Until, Request: c.Request, Checked: c.Checked})
	}
}

// fileNumber reports whether a text is the number of a file: one word, short, with a digit in it.
func fileNumber(text string) bool {
	return civic.Plain(text, 40) && strings.ContainsAny(text, "0123456789") && !strings.ContainsFunc(text, unicode.IsSpace)
}

// yearAndSerial is how offices number their files: 2026-000123, which would else be taken for a telephone number.
var yearAndSerial = regexp.MustCompile(`^(\p{L}+[-/]?)*(19|20)[0-9]{2}[-/][0-9]{1,6}$`)

// personal reports whether a file number looks like a person's own number or address, also between letters or with its digits set apart.
// An office numbers its files itself, so that nothing said on top makes such a one good.
func personal(number string) bool {
	if yearAndSerial.MatchString(number) {
		return false
	}
	other := func(r rune) bool { return r < '0' || r > '9' }
	runs := strings.FieldsFunc(number, other)
	for _, text := range append(runs, number, strings.Join(runs, "")) {
		for _, span := range mask.Find(text) {
			switch span.Kind {
			case mask.Mail, mask.Identity, mask.Phone, mask.Plate:
				return true
			}
		}
	}
	return false
}

// expire is the clock's: the time for keeping what was told has run out, or the matter that this is a part of was erased.
func (d *decision) expire(c Expire) {
	d.permit("erased")
	s := d.s
	if !d.ok() || s.Spent() {
		return
	}
	if c.Main != "" {
		main := d.f.Others[c.Main]
		switch {
		case s.Parent != c.Main || main.Erased == nil:
			d.refuse(civic.Conflict, "matter.not_due")
		case s.Hold == nil:
			d.emit(Erased{Ground: ErasedMain})
		case s.Asking == 0:
			d.emit(ErasureAsked{Until: s.Hold.Until})
		}
		return
	}
	keeping, known := d.f.Rules.Keeping(s.Kind)
	ended := s.Ended
	if s.Status == StatusJoined {
		main := d.lastMain()
		if ended = max(ended, main.Ended); main.Status.Open() || main.Status == StatusAnswered || main.Status == StatusJoined {
			ended = 0
		}
	}
	switch {
	case !known || ended == 0 || s.Status.Open() || s.Status == StatusAnswered:
		d.refuse(civic.Conflict, "matter.not_due")
	case d.now < ended.Add(days(keeping.Days)):
		d.refuse(civic.Conflict, "matter.kept_until", "until", ended.Add(days(keeping.Days)))
	case s.Hold != nil:
		d.refuse(civic.Conflict, "matter.is_held", "until", s.Hold.Until)
	case s.UnderReview():
		d.refuse(civic.Conflict, "matter.under_review")
	default:
		d.emit(Erased{Ground: ErasedRetention, Law: keeping.Law})
	}
}

// lastMain is the matter that this one goes on in: what it was joined into, or what that was joined into, and so on. It is still joined
// only where the way to its end is not known.
func (d *decision) lastMain() State {
	main := d.f.Others[d.s.Main]
	for range len(d.f.Others) {
		next, known := d.f.Others[main.Main]
		if main.Status != StatusJoined || !known {
			break
		}
		main = next
	}
	return main
}

// hold delays erasures. Said again, it takes the place of the hold before.
func (d *decision) hold(c PutHold) {
	d.permit("held")
	rules := d.f.Rules.Holds
	d.choice("ground", "matter.ground_unknown", c.Ground, slices.Contains(rules.Grounds, c.Ground))
	d.words("law", c.Law, true)
	if c.Until <= d.now || c.Until > d.now.Add(days(rules.Days)) {
		d.wrong("until", "matter.hold_until", "days", rules.Days)
	}
	if d.s.Spent() {
		d.refuse(civic.Conflict, "matter.erased")
	}
	if d.ok() {
		d.emit(Held{Ground: c.Ground, Law: c.Law, Until: c.Until})
	}
}

// unhold ends a hold before its time; what waited for it is erased in the same commit.
func (d *decision) unhold() {
	d.permit("unheld")
	if d.s.Hold == nil {
		d.refuse(civic.Conflict, "matter.not_held")
	}
	if d.ok() {
		d.emit(Unheld{})
		d.eraseAsked(d.now)
	}
}

func (d *decision) eraseAsked(at civic.Instant) {
	if d.s.Asking != 0 {
		d.clock(PowerErases, at, Erased{Ground: ErasedAsked})
	}
}
