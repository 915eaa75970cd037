package matter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
)

// What each may see of a matter with a text, a photo, a question, an answer and a
// contribution, and what must not appear.
func TestWhoSeesWhat(t *testing.T) {
	everything := func(change func(*Report)) []move {
		return []move{
			{"0d", ann, told(func(r *Report) {
				r.Text, r.Attached = dig("text"), []Attachment{{Digest: dig("photo"), Media: "image/jpeg"}}
				r.Contact, r.External, r.Tracking = true, "ext-1", dig("code")
				change(r)
			})},
			{"1h", lead, Accept{}},
			{"2h", lead, Ask{Text: dig("question")}},
			{"3h", joint, Contribute{Text: dig("contribution")}},
			{"4h", desk, Release{Items: []string{dig("text")}}},
			{"5h", desk, Redact{Item: dig("text"), Shown: Attachment{Digest: dig("masked"), Media: "text/plain"}, Ground: "personal_data"}},
			{"6h", lead, Answer{Outcome: Fixed, Reason: dig("answer")}},
		}
	}
	private := everything(func(r *Report) { r.Visibility = Private })
	private = slices.DeleteFunc(private, func(m move) bool { _, is := m.cmd.(Release); return is })
	ours := Eyes{Post: "pwd/head", Bodies: []civic.BodyID{"pwd", "hall"}}
	for _, c := range []struct {
		name  string
		given []move
		eyes  Eyes
		none  bool
		shows []string
		hides []string
	}{
		{"everyone sees what was released, masked", everything(func(r *Report) {}), Eyes{}, false,
			[]string{dig("masked"), "pwd", "42360000"},
			[]string{dig("text"), dig("photo"), dig("question"), dig("answer"), dig("contribution"), "ann", "ext-1", dig("code")}},
		{"of a blurred matter no exact point", everything(func(r *Report) { r.Visibility = Blurred }), Eyes{}, false,
			[]string{"42400000"}, []string{"42360000"}},
		{"of a private matter nothing", private, Eyes{}, true, nil, nil},
		{"nor to somebody else's eyes", private, Eyes{Reporter: "bob"}, true, nil, nil},
		{"its reporter sees her own and what she was told, not working papers", private, Eyes{Reporter: "ann"}, false,
			[]string{dig("text"), dig("photo"), dig("question"), dig("answer"), "ext-1"}, []string{dig("contribution"), dig("code"), "42360000"}},
		{"a post concerned sees the originals", private, ours, false,
			[]string{dig("text"), dig("photo"), dig("contribution"), dig("answer")}, []string{"ann", dig("code")}},
		{"the body complained of sees what everyone sees", everything(func(r *Report) { r.Kind, r.Category, r.Against = Complaint, "conduct", "water" }),
			Eyes{Post: "water/head", Bodies: []civic.BodyID{"water"}}, false, []string{dig("masked")}, []string{dig("text"), dig("photo"), "ann", "ext-1"}},
		{"so do those under it, and of a private complaint nothing",
			[]move{{"0d", ann, told(func(r *Report) {
				r.Kind, r.Category, r.Against, r.Visibility = Complaint, "conduct", "hall", Private
			})}},
			ours, true, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			id := w.given(c.given...)
			s := w.state(id)
			v, ok := Visible(s, c.eyes)
			story := Story(s, w.acts[id], c.eyes)
			if ok == c.none || (len(story) == 0) != c.none {
				t.Fatalf("seen %v, story of %d", ok, len(story))
			}
			if c.none {
				if text := fmt.Sprintf("%+v", v); strings.Contains(text, string(s.Number)) || strings.Contains(text, string(id)) {
					t.Error("an empty view tells something:", text)
				}
				return
			}
			text := dump(v) + fmt.Sprintf("%+v", story)
			for _, want := range c.shows {
				if !strings.Contains(text, want) {
					t.Errorf("%s is not shown", want)
				}
			}
			for _, not := range c.hides {
				if regexp.MustCompile(`\b` + not + `\b`).MatchString(text) {
					t.Errorf("%s is shown", not)
				}
			}
			if len(v.Items)+v.Held != len(s.Items) {
				t.Error("items are lost", len(v.Items), v.Held, len(s.Items))
			}
		})
	}
}

func dump(v View) string {
	text := fmt.Sprintf("%+v", v)
	if v.Point != nil {
		text += fmt.Sprint(v.Point.Lat, v.Point.Lon)
	}
	return text
}

// Withheld after its release, a photo is gone again.
func TestWithheldIsNotShown(t *testing.T) {
	w := newWorld(t)
	id := w.given(move{"0d", ann, told(func(r *Report) { r.Text = dig("text") })}, move{"1h", desk, Release{Items: []string{dig("text")}}})
	if v, _ := Visible(w.state(id), Eyes{}); len(v.Items) != 1 {
		t.Fatal(v.Items)
	}
	w.do(id, Withhold{Items: []string{dig("text")}, Ground: "personal_data"}, desk, after("2h"))
	if v, _ := Visible(w.state(id), Eyes{}); len(v.Items) != 0 || v.Held != 1 {
		t.Fatal(v.Items)
	}
	w.do(id, Correct{SetRight{Visibility: Private, Reason: dig("r")}}, desk, after("3h"))
	if _, ok := Visible(w.state(id), Eyes{}); ok {
		t.Fatal("a matter turned private is still shown")
	}
}

func TestTheStoryTellsEverything(t *testing.T) {
	w := newWorld(t)
	id := w.given(moves(answered, []move{{"2d1h", lead, Retract{Act: 4, Reason: dig("r")}}})...)
	story := Story(w.state(id), w.acts[id], Eyes{})
	var keys []string
	for _, l := range story {
		keys = append(keys, strings.TrimPrefix(l.Key, "matter.story."))
		for _, s := range l.Sums {
			keys = append(keys, "+"+strings.TrimPrefix(s.Key, "matter.story."))
		}
	}
	if got := printed(keys); got != "[reported assigned +duty.why +sum +joint accepted answered_fixed retracted]" {
		t.Error(got)
	}
	if !story[3].Retracted || story[4].Retracted {
		t.Error("the mistake is not marked")
	}
	if story[0].Who != civic.Resident || story[0].By != "" || story[1].Who != civic.Clock || story[2].By != "pwd/head" {
		t.Errorf("%+v", story[:3])
	}
}
