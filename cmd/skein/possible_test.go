package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/body"
)

// What is offered is what would be done: every command that a page or door shows as possible
// is obeyed, and every one that it does not show is refused, for every kind of asker and in
// every state of a matter.

// stages are the states that a matter, as it was reported, is brought to.
var stages = []string{
	"answered", "appealed", "asked", "assigned", "closed", "declined", "declining", "extended", "objected", "paused", "withdrawn", "working",
}

func stage(c *city, m told, name string) {
	c.Helper()
	lead := func(command string, body map[string]any) { c.act(201, m, command, "pwd/head", body) }
	switch name {
	case "assigned":
	case "objected":
		lead("object", map[string]any{"ground": "another_body", "proposed": "park", "reason": "Theirs."})
	case "withdrawn":
		c.act(201, m, "withdraw", "code:"+m.code, nil)
	case "working":
		lead("accept", nil)
	case "asked":
		stage(c, m, "working")
		lead("ask", map[string]any{"text": "Which side?"})
	case "paused":
		stage(c, m, "working")
		lead("pause", map[string]any{"ground": "weather"})
	case "extended":
		stage(c, m, "working")
		lead("extend", map[string]any{"limit": "1h", "reason": "Snow."})
	case "declining":
		stage(c, m, "working")
		lead("propose-decline", map[string]any{"law": "State law", "reason": "The state's.", "elsewhere": "massdot"})
	case "declined":
		stage(c, m, "declining")
		c.act(201, m, "decline", "coord/chair", map[string]any{"decline": true, "law": "State law", "reason": "Yes."})
	case "answered":
		stage(c, m, "working")
		lead("answer", map[string]any{"outcome": "explained", "reason": "So it is."})
	case "appealed":
		stage(c, m, "answered")
		c.act(201, m, "appeal", "code:"+m.code, map[string]any{"of": "answer", "ground": "facts_unclear", "reason": "No."})
	case "closed":
		stage(c, m, "answered")
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": true})
	}
}

// tried is what each command says when it is tried in earnest.
func tried(c *city, m told, items []string, into told) map[string]map[string]any {
	item := ""
	if len(items) > 0 {
		item = items[0]
	}
	return map[string]map[string]any{
		"triage": {"category": lights}, "correct": {"category": "graffiti.graffiti_removal", "reason": "It is paint."}, "accept": {},
		"object": {"ground": "another_body", "proposed": "park", "reason": "Theirs."}, "rule": {"lead": "park", "law": "l", "reason": "r"},
		"ask": {"text": "Where?"}, "supply": {"text": "There."}, "tell": {"text": "Soon."}, "contribute": {"text": "Our part."}, "attach": {"text": "More."},
		"pause": {"ground": "weather"}, "resume": {}, "extend": {"limit": "1h", "reason": "Snow."}, "join": {"into": into.number, "reason": "Twice."},
		"split": {"parts": []any{map[string]any{"category": "graffiti.graffiti_removal", "text": "The paint."}}}, "answer": {"outcome": "explained", "reason": "So."},
		"propose-decline": {"law": "l", "reason": "r", "elsewhere": "massdot"}, "decline": {"decline": true, "law": "l", "reason": "r"},
		"confirm": {"solved": false}, "reopen": {"reason": "Still dark."}, "appeal answer": {"of": "answer", "ground": "facts_unclear", "reason": "No."},
		"appeal decline": {"of": "decline", "ground": "facts_unclear", "reason": "No."}, "appeal withholding": {"of": "withholding", "ground": "facts_unclear", "reason": "No."}, "withdraw": {},
		"release": {"items": []string{item}}, "withhold": {"items": []string{item}, "ground": "personal_data", "law": "l"},
		"redact": {"item": item, "text": "masked", "ground": "personal_data"},
	}
}

func (c *city) offered(m told, who string) []string {
	c.Helper()
	var all []struct {
		Command string   `json:"command"`
		Of      []string `json:"of"`
	}
	if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/matters/"+m.number+"/possible", who, nil).text), &all); err != nil {
		c.Fatal(err)
	}
	var out []string
	for _, p := range all {
		if p.Command == "appeal" {
			for _, of := range p.Of {
				out = append(out, "appeal "+of)
			}
			continue
		}
		out = append(out, p.Command)
	}
	return out
}

func TestWhatIsOfferedIsDone(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	into := c.accepted()
	for name, role := range map[string]body.Role{"pwd/chief": body.Supervisor, "park/crew": body.Handler} {
		at, _, _ := strings.Cut(name, "/")
		c.command(clerk.Task{Command: body.CreatePost{Post: civic.PostID(name), Titles: body.Titles{"en": "x"}, Roles: []body.Role{role}}, Dossier: body.ID(civic.BodyID(at)), Actor: chair})
	}
	for _, name := range stages {
		for _, who := range []string{"reporter", "", "pwd/head", "pwd/chief", "park/crew", "info/desk", "coord/chair"} {
			t.Run(name+" "+who, func(t *testing.T) {
				begin := func() (told, string) {
					c.Helper()
					m := c.report(lamp("A lamp is dark."))
					stage(c, m, name)
					if who == "reporter" {
						return m, "code:" + m.code
					}
					return m, who
				}
				m, as := begin()
				offered := c.offered(m, as)
				for command, body := range tried(c, m, c.items(m), into) {
					door, _, _ := strings.Cut(command, " ")
					on, as := m, as
					if slices.Contains(offered, command) {
						on, as = begin() // what is obeyed changes the matter
						body = tried(c, on, c.items(on), into)[command]
					}
					a := c.do("POST", "/api/matters/"+on.number+"/"+door, as, body)
					if got := a.status == 201; got != slices.Contains(offered, command) {
						t.Errorf("%s: offered %v, but %d %s", command, slices.Contains(offered, command), a.status, a.text)
					}
				}
			})
		}
	}
	c.holds()
}

// items are the digests of a matter's texts that nobody has looked at yet.
func (c *city) items(m told) []string {
	c.Helper()
	var out []string
	for _, x := range c.must(200, "GET", "/api/matters/"+m.number, "code:"+m.code, nil).json["texts"].([]any) {
		out = append(out, fmt.Sprint(x.(object)["digest"]))
	}
	return out
}

// The page of a matter shows the forms of what can be done, and no other.
func TestPageOffersWhatIsPossible(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	for _, name := range stages {
		m := c.report(lamp("A lamp is dark."))
		stage(c, m, name)
		possible := map[string]bool{}
		for _, o := range c.offered(m, "code:"+m.code) {
			command, _, _ := strings.Cut(o, " ")
			possible[command] = true
		}
		p := c.reader()
		p.fill("/track", map[string]string{"number": m.number, "code": m.code})
		page := p.get("/matters/" + m.number)
		for _, form := range []string{"supply", "confirm", "attach", "reopen", "appeal", "withdraw"} {
			if shown := strings.Contains(page.html, `name="act" value="`+form+`"`); shown != possible[form] {
				t.Errorf("%s: the form to %s is shown: %v, possible: %v", name, form, shown, possible[form])
			}
		}
		stranger := c.reader().get("/matters/" + m.number)
		if strings.Contains(stranger.html, `name="act"`) {
			t.Errorf("%s: a stranger is offered something", name)
		}
	}

}
