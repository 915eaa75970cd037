package face

import (
	"net/http"
	"strings"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/power"
)

// powers adds the pages of the policies in force: read only, open to everyone.
func (s *Site) powerPages() {
	s.Mux.HandleFunc("GET /powers", func(w http.ResponseWriter, r *http.Request) {
		v := s.Voice(r.Context())
		set := s.Realm.View().Powers
		s.Page(w, r, Sheet{Title: v.Say("face.powers_title"), Crumbs: []Crumb{}}, powersPage(v, set.Digest, byRoom(set)))
	})
	s.Mux.HandleFunc("GET /powers/{id}", func(w http.ResponseWriter, r *http.Request) {
		v := s.Voice(r.Context())
		p := s.Realm.View().Powers.Policy(r.PathValue("id"))
		if p == nil {
			s.Error(w, r, civic.Refuse(civic.Missing, "face.policy_none"))
			return
		}
		s.Page(w, r, Sheet{Title: PolicyTitle(v, p), Crumbs: []Crumb{{"/powers", v.Say("face.powers")}}}, powerPage(v, p))
	})
}

// PolicyTitle is the title of a policy in the reader's language; policies name languages
// without their script ("zh").
func PolicyTitle(v words.Voice, p *power.Policy) string {
	base, _, _ := strings.Cut(v.Lang, "-")
	for _, lang := range []string{v.Lang, base, "en"} {
		if t := p.Titles[lang]; t != "" {
			return t
		}
	}
	return p.ID
}

type roomPolicies struct {
	Room     string
	Policies []*power.Policy
}

func byRoom(set *power.Set) []roomPolicies {
	var out []roomPolicies
	at := map[string]int{}
	for _, p := range set.All() {
		i, seen := at[p.Room]
		if !seen {
			i = len(out)
			at[p.Room] = i
			out = append(out, roomPolicies{Room: p.Room})
		}
		out[i].Policies = append(out[i].Policies, p)
	}
	return out
}
