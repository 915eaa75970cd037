package opinion

import (
	"bytes"
	"strconv"
	"testing"

	"skein/frame/civic"
)

// FuzzParse holds that any text is refused in words that exist, or gives votes that are read back the same and have maps.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"participant,statement,vote\n1,2,1\n1,3,0\n2,2,-1\n3,3,1\n",
		"timestamp,datetime,comment-id,voter-id,vote\n9,\"Fri, 9 Dec\",0,0,0\n7,x,0,0,1\n",
		"\ufeffvote;participant,statement\r\n\"1\n\",2,", "participant,n-votes,vote,statement\n,,,\n",
		"participant,statement,vote\n9007199254740993,-1,+1\n007,é,-1\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := Parse(text)
		if err != nil {
			refusals, ok := civic.AsRefusals(err)
			if !ok || len(refusals) == 0 || len(refusals) > mostRefusals {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			for _, r := range refusals {
				checkSentence(t, r)
			}
			return
		}
		s := v.sorted()
		again := NewVotes()
		for i, row := range s.rows {
			for _, c := range row {
				again.Set(s.participants[i], s.statements[c.column()], c.vote())
			}
		}
		if again.Len() != v.Len() || !bytes.Equal(again.sorted().csv(), s.csv()) {
			t.Fatalf("read as\n%s told as\n%s", s.csv(), again.sorted().csv())
		}
		if v.Len() > 300 {
			return
		}
		polis, steady := Both(v, Options{ModeratedOut: v.Statements()[:1]})
		checkFinite(t, polis)
		checkFinite(t, steady)
	})
}

// FuzzStream holds that after any votes a stream knows what one that begins with them knows. Three bytes are a vote.
func FuzzStream(f *testing.F) {
	f.Add([]byte("aaAbbBabCbaA"))
	f.Add(bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, 40))
	f.Fuzz(func(t *testing.T, told []byte) {
		s := NewStream(NewVotes(), Options{ModeratedOut: []string{"3"}})
		for ; len(told) >= 3; told = told[3:] {
			if err := s.Set(strconv.Itoa(int(told[0])%32), strconv.Itoa(int(told[1])%16), Vote(told[2]%3)-1); err != nil {
				t.Fatal(err)
			}
			if told[2]%16 == 0 {
				checkFinite(t, s.Map())
			}
		}
		m := s.Map()
		checkFinite(t, m)
		whole := newEngine(s.engine.votes, s.engine.options).components(exact)
		for c := range 2 {
			if d := whole.Variance[c] - m.Components.Variance[c]; d > 1e-9 || d < -1e-9 {
				t.Fatalf("variance %g, from nothing %g", m.Components.Variance[c], whole.Variance[c])
			}
		}
	})
}
