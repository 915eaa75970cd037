package review

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"skein/frame/journal"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func texts(t *testing.T, lang string) map[string]string {
	t.Helper()
	raw, err := fs.ReadFile(Messages, "messages."+lang+".json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Every act has a story whose sentence is filled, and every code a word.
func TestEveryActIsTold(t *testing.T) {
	en := texts(t, "en")
	var events []journal.Event
	events = append(events, Opened{}, Noted{Post: "a/b"}, Noted{Body: "a"}, Noted{Private: true}, Taken{}, Recused{}, Replied{}, Replied{Late: true}, HearingAsked{By: "appellant"}, HearingAsked{By: "respondent"},
		HearingCalled{}, HearingHeld{}, HearingHeld{Present: []string{"appellant"}}, HearingHeld{Present: []string{"appellant", "respondent"}}, HearingWaived{By: "appellant"}, HearingWaived{By: "respondent"},
		Extended{}, Decided{Result: Varied, Show: []string{"x"}}, Published{}, Withdrawn{})
	for _, r := range Results {
		events = append(events, Decided{Result: r})
	}
	for _, s := range Steps {
		events = append(events, Escalated{Step: s})
	}
	for _, e := range events {
		l := tell(journal.Act{Type: e.Type(), Event: e})
		if en[l.Key] == "" {
			t.Errorf("%s has no text", l.Key)
		}
		for _, p := range placeholder.FindAllString(en[l.Key], -1) {
			if _, filled := l.Args[strings.Trim(p, "{}")]; !filled {
				t.Errorf("%s wants %s, and gets %v", l.Key, p, l.Args)
			}
		}
		if en["review.act."+l.Act] == "" {
			t.Errorf("%s has no name", l.Act)
		}
	}
	for _, e := range slices.Concat(FindingEvents(), RequestEvents()) {
		if en["review.act."+strings.TrimPrefix(e.Type(), "review.")] == "" {
			t.Error(e.Type())
		}
	}
	for _, k := range SubjectKinds {
		if en["review.subject."+k] == "" {
			t.Error(k)
		}
	}
	for _, a := range Aspects {
		if en["review.aspect."+a] == "" {
			t.Error(a)
		}
	}
	for _, s := range FindingStatuses {
		if s != FindingAnswered && en["review.finding."+string(s)] == "" {
			t.Error(s)
		}
	}
	for _, s := range RequestStatuses {
		if en["review.request."+string(s)] == "" {
			t.Error(s)
		}
	}
	r := theRules(t)
	for _, g := range r.Grounds {
		if en["review.ground."+g.Code] == "" {
			t.Error(g.Code)
		}
	}
	for of := range r.Results {
		if en["review.of."+of] == "" {
			t.Error(of)
		}
	}
	for _, s := range r.Stays {
		if en["review.holds."+s.Holds] == "" {
			t.Error(s.Holds)
		}
	}
	for _, s := range Statuses {
		if en["review.status."+string(s)] == "" {
			t.Error(s)
		}
	}
	for _, s := range Steps {
		if en["review.note.escalated_"+string(s)] == "" {
			t.Error(s)
		}
	}
	letters := 0
	for key := range en {
		if strings.HasPrefix(key, "review.note.") && !strings.HasSuffix(key, ".subject") {
			if letters++; en[key+".subject"] == "" {
				t.Errorf("a letter without a subject: %s", key)
			}
		}
	}
	if letters < 12 {
		t.Errorf("only %d letters", letters)
	}
}
