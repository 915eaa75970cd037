package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"

	"skein/frame/courier"
	"skein/rooms/matter"
)

// convened calls a meeting of a body on matters, as the coordinating body, tomorrow.
func (c *city) convened(body string, on ...told) string {
	c.Helper()
	return c.convenedWith("What is to be done.", body, on...)
}

func (c *city) convenedWith(agenda, body string, on ...told) string {
	c.Helper()
	var matters []object
	for _, m := range on {
		matters = append(matters, object{"matter": m.number, "agenda": agenda})
	}
	a := c.must(201, "POST", "/api/meetings", "coord/chair", object{
		"matters": matters, "time": c.now.Add(day).Time().Format(time.RFC3339), "minutes": 45, "where": "City Hall, room 4", "invited": []string{body},
	})
	var r matter.MeetingReceipt
	if err := json.Unmarshal([]byte(a.text), &r); err != nil || len(r.Meeting) != 12 {
		c.Fatal(a.text, err)
	}
	return r.Meeting
}

// held records the minutes of a meeting, two days on.
func (c *city) held(meeting string, m told) {
	c.Helper()
	c.turn(2 * day)
	c.must(201, "POST", "/api/meetings/"+meeting+"/minutes", "coord/chair", object{"attended": []string{"pwd", "coord"}, "matters": []object{{
		"matter": m.number, "remarks": "Within.", "agreed": []object{{"body": "pwd", "by": c.now.Add(9 * day).In(c.site.Zone()).Format(time.DateOnly), "text": "A new lamp.", "release": true, "proposes": "answer"}, {"body": "coord", "text": "Kept within."}},
	}}})
	c.reacted()
}

// Bodies meet on matters: asked by mail and by their pages, they come, do not, or send another; what was agreed stands with each matter, as
// far as everyone may read it, and nothing of it is done by that.
func TestMeetings(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m, private := c.report(lamp("The lamp is dark.")), lamp("Quillwort")
		private["visibility"] = "private"
		hidden := c.report(private)
		c.realm.View().Settings.Addresses = map[string]string{"pwd": "mailto:pwd@city.example", "coord": "mailto:coord@city.example"}

		// called by a form, on two matters
		if a := c.office("park/head", "en", "/meetings/new?matter="+m.number, nil); a.status != 403 {
			t.Errorf("who neither leads nor coordinates calls a meeting: %d", a.status)
		}
		if a := c.office("", "en", "/meetings", nil); a.status != 403 {
			t.Errorf("everyone reads meetings: %d", a.status)
		}
		c.sees(c.office("coord/chair", "en", "/matters/"+m.number+"/work", nil), "/meetings/new?matter="+m.number)
		form := "/meetings/new?matter=" + m.number + "&matter=" + hidden.number
		c.sees(c.office("coord/chair", "en", form, nil), `name="agenda0"`, `name="agenda1"`, `value="pwd" id="invited-`)
		c.sees(c.office("coord/chair", "zh", form, nil), "召集联席会议", "议题")
		fields := url.Values{"matter": {m.number, hidden.number}, "agenda0": {"Whose pole is it?"}, "agenda1": {"Milkwort"}, "time": {"2011-01-01T10:00"}, "minutes": {"x"}, "where": {""}}
		wrong := c.office("coord/chair", "en", "/meetings", fields)
		if wrong.status != 422 {
			t.Fatal(wrong.status, wrong.text)
		}
		c.sees(wrong, `href="#time"`, `href="#minutes"`, `href="#where"`, `href="#invited"`, "Whose pole is it?", "Milkwort")
		at := c.now.Add(3 * day)
		fields.Set("time", at.In(c.site.Zone()).Format("2006-01-02T15:04"))
		fields.Set("minutes", "45")
		fields.Set("where", "City Hall, ann@example.org")
		fields["invited"] = []string{"pwd"}
		fields.Set("posts", "park/head")
		c.sees(c.office("coord/chair", "en", "/meetings", fields), `href="#where"`, `name="looked"`) // somebody's address in the place
		fields.Set("where", "City Hall, room 4")
		a := c.office("coord/chair", "en", "/meetings", fields)
		page, _, ok := strings.Cut(a.text[strings.LastIndex(a.text, `href="/meetings/`)+6:], "?")
		code := strings.TrimPrefix(page, "/meetings/")
		if a.status != 200 || !ok || len(code) != 12 {
			t.Fatal(a.status, a.text)
		}

		// who is asked reads what it is about, and that she read it is written down; nobody else knows of it
		c.sees(c.office("pwd/head", "en", page, nil), "Whose pole is it?", "Milkwort", "no reply yet", "City Hall, room 4")
		c.sees(c.office("park/head", "zh", page, nil), "Milkwort", "联席会议")
		if got := strings.Join(c.readings(hidden), " "); !strings.Contains(got, "meeting.invited_replies") && !strings.Contains(got, "park") {
			t.Error("that park read of a private matter is not written down:", got)
		}
		for _, who := range []string{"", "isd/head", "info/desk", "code:" + m.code} {
			if a := c.office(who, "en", page, nil); a.status != 404 && a.status != 403 {
				t.Errorf("%q reads a meeting: %d", who, a.status)
			}
			if a := c.do("GET", "/api/meetings/"+code, who, nil); a.status != 404 {
				t.Errorf("%q reads a meeting: %d", who, a.status)
			}
		}
		c.lacks(c.office("isd/head", "en", "/meetings", nil), code)
		c.sees(c.office("pwd/head", "en", "/meetings", nil), code)
		if a := c.do("GET", "/powers/why?who=pwd/head&action=meeting.reply&thing=meeting/"+code, "", nil); strings.Contains(a.text, "pwd/chair") || a.status >= 500 {
			t.Error("powers tell of a meeting:", a.status)
		}

		// the invitation: it asks, asks anew with a higher number, and is taken back
		mails := c.invitations()
		if n := len(mails); n != 1 || mails[0].Calendar.Method != "REQUEST" {
			t.Fatalf("invitations: %d", n)
		}
		ask := mails[0]
		for _, part := range []string{"METHOD:REQUEST", "SEQUENCE:0", "ATTENDEE", "mailto:pwd@city.example", "ORGANIZER", "mailto:coord@city.example", "UID:meeting-" + code} {
			if !strings.Contains(strings.ReplaceAll(ask.Calendar.Text, "\r\n ", ""), part) {
				t.Errorf("the invitation lacks %s:\n%s", part, ask.Calendar.Text)
			}
		}
		for _, kept := range []string{"Milkwort", "Whose pole", m.number, hidden.number} {
			if strings.Contains(ask.Text+ask.Subject+ask.Calendar.Text, kept) {
				t.Errorf("the mail says %s", kept)
			}
		}
		if _, err := ical.ParseCalendar(strings.NewReader(ask.Calendar.Text)); err != nil || !strings.Contains(ask.Text, "/meetings/"+code) || strings.Contains(strings.ReplaceAll(ask.Text+ask.Subject, code, ""), "132") {
			t.Errorf("the mail: %v\n%s\n%s", err, ask.Subject, ask.Text)
		}
		if a := c.office("pwd/head", "en", page+"/invitation.ics", nil); !strings.Contains(a.text, "METHOD:PUBLISH") || !strings.Contains(a.text, code) || a.header.Get("Cache-Control") != "no-store" {
			t.Error(a.status, a.text)
		}
		if a := c.office("isd/head", "en", "/meetings.ics", nil); strings.Contains(a.text, code) || !strings.Contains(a.text, "BEGIN:VCALENDAR") {
			t.Error(a.status, a.text)
		}

		// they reply, it is moved, they reply anew
		if a := c.office("pwd/head", "en", page, url.Values{"act": {"reply"}, "reply": {"declined"}}); a.status != 422 {
			t.Error("a reason is not asked for:", a.status)
		}
		c.office("pwd/head", "en", page, url.Values{"act": {"reply"}, "reply": {"declined"}, "reason": {"Inventory"}})
		c.office("park/head", "en", page, url.Values{"act": {"reply"}, "reply": {"sends"}, "instead": {"btdt"}})
		c.sees(c.office("coord/chair", "en", page, nil), "does not come", "Inventory", "sends another")
		if a := c.do("POST", "/api/meetings/"+code+"/move", "pwd/head", object{"time": "2012-02-02T10:00", "minutes": 30, "where": "Here", "reason": "r"}); a.status != 403 {
			t.Error("who is asked moves the meeting:", a.status)
		}
		c.must(201, "POST", "/api/meetings/"+code+"/move", "coord/chair", object{"time": c.now.Add(4 * day).Time().Format(time.RFC3339), "minutes": 30, "where": "Room 5", "reason": "The hall is closed"})
		moved := c.invitations()
		if last := moved[len(moved)-1]; !strings.Contains(last.Calendar.Text, "SEQUENCE:1") || !strings.Contains(last.Calendar.Text, "METHOD:REQUEST") {
			t.Error(last.Calendar.Text)
		}
		c.sees(c.office("btdt/head", "en", page, nil), "The hall is closed", "no reply yet", "sent by")
		if a := c.do("POST", "/api/meetings/"+code+"/minutes", "coord/chair", object{"attended": []string{"pwd"}, "matters": []object{}}); a.status != 409 {
			t.Error("minutes of what is to come:", a.status)
		}

		// the minutes, by a form: every reason at once, and then each matter learns of it
		c.turn(5 * day)
		c.sees(c.office("coord/chair", "en", page, nil), `name="text0-0"`, `name="remarks1"`)
		minutes := url.Values{"act": {"minute"}, "attended": {"coord", "btdt"}, "matter": {m.number, hidden.number}, "body0-0": {"pwd"}, "text0-0": {"Ring ann@example.org"}, "release0-0": {"yes"},
			"proposes0-0": {"contribute"}, "by0-0": {c.now.Add(8 * day).In(c.site.Zone()).Format(time.DateOnly)}, "text0-1": {"Nobody's step"}, "remarks0": {"Ribwort"}, "body1-0": {"btdt"}, "text1-0": {"Toadflax"}, "release1-0": {"yes"}}
		c.sees(c.office("coord/chair", "en", page, minutes), `href="#minute-unmasked"`, "Nobody&#39;s step", "Ribwort")
		minutes.Set("text0-0", "PWD looks at the pole")
		c.sees(c.office("coord/chair", "en", page, minutes), `href="#minute-body0-1"`, "Ribwort")
		minutes.Set("body0-1", "btdt")
		before := c.state(m)
		if a := c.office("coord/chair", "en", page, minutes); a.status != 200 {
			t.Fatal(a.status, mainOf(a.text))
		}
		c.reacted()
		if after := c.state(m); after.Status != before.Status || after.Round.Joint != nil || after.Resolution != before.Resolution || after.Seq != before.Seq+1 {
			t.Error("a step was done in silence")
		}
		open := c.office("", "en", "/matters/"+m.number, nil)
		c.sees(open, "A joint meeting on this matter was held", "PWD looks at the pole")
		c.lacks(open, "Ribwort", "Nobody&#39;s step", "Whose pole", "Inventory")
		c.sees(c.office("pwd/head", "en", "/matters/"+m.number+"/work", nil), "Ribwort", "Nobody&#39;s step", page)
		c.sees(c.office("", "zh", "/matters/"+m.number, nil), "召开联席会议")
		c.sees(c.office("pwd/head", "en", "/matters/"+hidden.number+"/work", nil), "Toadflax")
		if a := c.office("", "en", "/matters/"+hidden.number, nil); a.status != 404 {
			t.Error("a private matter shows itself")
		}
		if a := c.office("code:"+m.code, "en", "/matters/"+m.number, nil); strings.Contains(a.text, "Ribwort") {
			t.Error("the reporter reads remarks")
		}
		if a := c.do("POST", "/api/meetings/"+code+"/cancel", "coord/chair", object{"reason": "r"}); a.status != 409 {
			t.Error("what was held is called off:", a.status)
		}

		// the minutes are corrected, as a whole, by who wrote them; what they said stands there as replaced
		wrote := c.office("coord/chair", "en", page, nil)
		c.sees(wrote, `<option value="pwd" selected`, "PWD looks at the pole</textarea>", "Ribwort</textarea>", "Toadflax</textarea>")
		for _, who := range []string{"pwd/head", "park/head"} {
			c.lacks(c.office(who, "en", page, nil), `value="correct"`)
			if a := c.do("POST", "/api/meetings/"+code+"/correct", who, object{"attended": []string{"coord"}, "matters": []object{}, "reason": "r"}); a.status != 403 {
				t.Errorf("%s corrects what others wrote: %d", who, a.status)
			}
		}
		right := url.Values{"act": {"correct"}, "attended": {"coord", "btdt", "pwd"}, "matter": {m.number, hidden.number}, "body0-0": {"btdt"}, "text0-0": {"BTDT looks, with bob@example.org"}, "release0-0": {"yes"},
			"remarks0": {"Ribwort, later"}, "body1-0": {"btdt"}, "text1-0": {"Toadflax"}}
		c.sees(c.office("coord/chair", "en", page, right), `href="#correct-unmasked"`, "BTDT looks, with bob@example.org</textarea>", "Ribwort, later</textarea>")
		right.Set("text0-0", "BTDT looks at the pole")
		c.sees(c.office("coord/chair", "en", page, right), `href="#correct-reason"`, "BTDT looks at the pole</textarea>")
		right.Set("reason", "Saxifrage: the wrong body")
		if a := c.office("coord/chair", "en", page, right); a.status != 200 {
			t.Fatal(a.status, mainOf(a.text))
		}
		c.reacted()
		c.reacted() // once
		c.sees(c.office("pwd/head", "en", page, nil), "BTDT looks at the pole", "PWD looks at the pole", "Minutes as they read until", "Saxifrage: the wrong body", "Ribwort, later")
		c.sees(c.office("pwd/head", "zh", page, nil), "之前的纪要", "更正原因")
		open = c.office("", "en", "/matters/"+m.number, nil)
		c.sees(open, "BTDT looks at the pole", "PWD looks at the pole", "<s>Joint meeting</s>", "Replaced by corrected minutes", "Minutes corrected")
		c.lacks(open, "Ribwort", "Saxifrage")
		if n := strings.Count(open.text, "Replaced by corrected minutes"); n != 1 {
			t.Errorf("%d acts are shown as replaced", n)
		}
		c.sees(c.office("", "zh", "/matters/"+m.number, nil), "已由更正后的纪要替换")
		if told := c.must(200, "GET", "/api/matters/"+m.number+"/story", "", nil); strings.Count(told.text, `"replaced":true`) != 1 {
			t.Error(told.text)
		}
		if shown := c.must(200, "GET", "/api/meetings/"+code, "btdt/head", nil); !strings.Contains(shown.text, "Saxifrage") || !strings.Contains(shown.text, "PWD looks at the pole") {
			t.Error(shown.text)
		}
		c.lacks(c.must(200, "GET", "/api/meetings/"+code, "park/head", nil), "Quillwort")

		// what was said goes with its matter, be it in the other's meeting
		c.must(201, "POST", "/api/matters/"+m.number+"/erase", "code:"+m.code, object{})
		c.reacted()
		erased := c.office("coord/chair", "en", page, nil)
		c.lacks(erased, "Whose pole", "Ribwort", "PWD looks", "BTDT looks", "Saxifrage", "The hall is closed", "Inventory")
		c.sees(erased, "Milkwort", "Toadflax", "has been erased")
		c.lacks(c.office("", "en", "/matters/"+m.number, nil), "PWD looks at the pole")

		// called off
		other := c.convened("pwd", hidden)
		c.must(201, "POST", "/api/meetings/"+other+"/cancel", "coord/chair", object{"reason": "Settled by telephone"})
		all := c.invitations()
		if last := all[len(all)-1]; last.Calendar.Method != "CANCEL" || !strings.Contains(last.Calendar.Text, "STATUS:CANCELLED") || !strings.Contains(last.Calendar.Text, "SEQUENCE:1") {
			t.Error(last.Calendar.Text)
		}
		// the same request twice is one meeting
		body := object{"matters": []object{{"matter": hidden.number, "agenda": "a"}}, "time": c.now.Add(day).Time().Format(time.RFC3339), "minutes": 30, "where": "w", "invited": []string{"pwd"}}
		first, again := c.keyed("POST", "/api/meetings", "coord/chair", "one-meeting", body), c.keyed("POST", "/api/meetings", "coord/chair", "one-meeting", body)
		var one, two matter.MeetingReceipt
		json.Unmarshal([]byte(first.text), &one)
		json.Unmarshal([]byte(again.text), &two)
		if one.Meeting == "" || one.Meeting != two.Meeting || !two.Again {
			t.Error(first.text, again.text)
		}
		c.holds()
	})
}

// A complaint's body is not asked to a meeting on it, and does not learn of one to which it was asked before it was complained of.
func TestMeetingOnAComplaint(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(object{"kind": "complaint", "against": "isd", "visibility": "private", "lat": 42.33, "lon": -71.09, "category": "street_lights.street_light_outages", "text": "Speedwell"})
		body := object{"matters": []object{{"matter": m.number, "agenda": "a"}}, "time": c.now.Add(day).Time().Format(time.RFC3339), "minutes": 30, "where": "w", "invited": []string{"isd"}}
		if a := c.do("POST", "/api/meetings", "coord/chair", body); a.status != 422 || !strings.Contains(a.text, "complained of") {
			t.Error("the body complained of is asked:", a.status, a.text)
		}
		if a := c.do("POST", "/api/meetings", "isd/head", body); a.status < 400 || strings.Contains(a.text, "Speedwell") {
			t.Error("it calls a meeting:", a.status)
		}
		late := c.report(object{"kind": "complaint", "against": "park", "visibility": "public", "lat": 42.33, "lon": -71.09, "category": "street_lights.street_light_outages", "text": "Speedwell"})
		code := c.convened("pwd", late)
		if a := c.do("POST", "/api/meetings/"+code+"/reply", "pwd/head", object{"reply": "sends", "instead": "park"}); a.status != 422 {
			t.Error("the body complained of is sent:", a.status)
		}
	})
}

// invitations are the mails with a calendar that lie in the outbox, as they would be sent.
func (c *city) invitations() (out []courier.Message) {
	c.Helper()
	rows, err := c.app.db.R.QueryContext(context.Background(), "SELECT recipient, data FROM outbox WHERE kind LIKE 'meeting.%' ORDER BY id")
	if err != nil {
		c.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var to, text string
		if err := rows.Scan(&to, &text); err != nil {
			c.Fatal(err)
		}
		var d struct {
			Key  string
			Args map[string]any
		}
		read := json.NewDecoder(bytes.NewReader([]byte(text)))
		read.UseNumber()
		if err := read.Decode(&d); err != nil {
			c.Fatal(err)
		}
		l := letters{c.site}
		address := courier.Address{Channel: "mail", To: strings.TrimPrefix(c.realm.View().Settings.Addresses[strings.TrimPrefix(to, "body:")], "mailto:"), Lang: "en"}
		cal, err := l.Calendar(address, courier.To(to), d.Args)
		if err != nil {
			c.Fatal(err)
		}
		if cal != nil {
			out = append(out, courier.Message{Subject: l.Render("en", d.Key+".subject", d.Args), Text: l.Render("en", d.Key, d.Args), Calendar: cal})
		}
	}
	return out
}

// A mail says when something is due as people read it.
func TestMailsSayWhen(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 2)
	text := letters{c.site}.Render("en", "matter.note.lead", map[string]any{"number": "644-495-6746", "due": json.Number("1326000000000000")})
	if strings.Contains(text, "1326") || !strings.Contains(text, "2012") {
		t.Error(text)
	}
}
