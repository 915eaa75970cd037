package requests

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/science/splitmix"
)

//go:embed grammar.en.json
var english []byte

//go:embed grammar.zh.json
var chinese []byte

// Plan says what Generate makes. Zero values mean the defaults.
type Plan struct {
	Seed      uint64
	Rows      int
	Days      float64  // over which matters arise; 60
	Side      float64  // metres of the square in which places lie; 8,000
	Phrasings int      // how many sentences a category has in a language; 0: all that the grammar makes
	Vague     float64  // share, 0 to 1, of texts that do not say what they are about
	Signed    float64  // share of texts that give an invented name, telephone number, mail or home
	Mislabel  float64  // share of rows whose category is a wrong one
	Only      []string // categories; all
	Lag       float64  // days: mean time from when a matter arises to a report of it; 1.5
	Names     int      // how many streets, and how many landmarks on each, a language has; 0: all that the grammar has
}

// Shipped is the plan of the set in testdata/generated.csv, and of `skein science requests` without options.
var Shipped = Plan{Seed: 1, Rows: 2000, Days: 60, Side: 8000, Vague: 0.05, Signed: 0.2, Mislabel: 0.02}

type grammar struct {
	lang                                                          string
	Street, Landmark, Given, Family, Before, After, Signed, Vague []string
	Categories                                                    map[string][]string
	names                                                         []string // of categories, sorted
	fixed                                                         map[string][]string
	places                                                        map[string][2]float64
}

// Generate makes requests in English and Chinese: matters arise at random places and times, six in ten are told once and
// the others two to five times, in the same or other words, from places scattered by 25 metres along each axis, over days
// (exponentially, with a mean of 36 hours), some with a slip of the pen. Rows of one matter share Cluster. It is the same for the same plan. People, numbers
// and addresses in the texts are invented.
func Generate(p Plan) []Request {
	if p.Days <= 0 {
		p.Days = 60
	}
	if p.Side <= 0 {
		p.Side = 8000
	}
	if p.Lag <= 0 {
		p.Lag = 1.5
	}
	random := random{splitmix.Source(p.Seed)}
	grammars := []*grammar{read("en", english, p, &random), read("zh", chinese, p, &random)}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	out := make([]Request, 0, max(0, p.Rows))
	for cluster := 1; len(out) < p.Rows; cluster++ {
		g := grammars[random.below(2)]
		category := pick(&random, g.names)
		values := map[string]string{"street": pick(&random, g.Street), "landmark": pick(&random, g.Landmark), "n": strconv.Itoa(2 + random.below(8))}
		at := g.place(values["street"]+values["landmark"], p.Side, &random)
		began := random.Share() * p.Days
		for range []int{1, 1, 1, 1, 1, 1, 2, 2, 3, 5}[random.below(10)] {
			if len(out) == p.Rows {
				break
			}
			r := Request{
				Text: g.text(category, values, p, &random), Category: category, Lang: g.lang, Cluster: strconv.Itoa(cluster), Placed: true,
				X: at[0] + 25*random.normal(), Y: at[1] + 25*random.normal(),
				Time: start.Add(time.Duration((began - p.Lag*math.Log(1-random.Share())) * 24 * float64(time.Hour))).Truncate(time.Second),
			}
			if random.Share() < p.Mislabel {
				r.Category = pick(&random, g.names)
			}
			out = append(out, r)
		}
	}
	for i := len(out) - 1; i > 0; i-- {
		j := random.below(i + 1)
		out[i], out[j] = out[j], out[i]
	}
	for i := range out {
		out[i].ID = strconv.Itoa(i + 1)
	}
	return out
}

func read(lang string, text []byte, p Plan, r *random) *grammar {
	g := &grammar{lang: lang, fixed: map[string][]string{}, places: map[string][2]float64{}}
	if err := json.Unmarshal(text, g); err != nil {
		panic(fmt.Sprintf("the grammar that is built in: %v", err))
	}
	if p.Names > 0 {
		g.Street, g.Landmark = g.Street[:min(p.Names, len(g.Street))], g.Landmark[:min(p.Names, len(g.Landmark))]
	}
	for name := range g.Categories {
		if len(p.Only) == 0 || slices.Contains(p.Only, name) {
			g.names = append(g.names, name)
		}
	}
	slices.Sort(g.names)
	for _, name := range g.names {
		for range p.Phrasings {
			// choices are made once and for all, what is told stays open
			open := map[string]string{"street": "\x01street\x02", "landmark": "\x01landmark\x02", "n": "\x01n\x02"}
			sentence := expand(g.Categories[name][len(g.fixed[name])%len(g.Categories[name])], g.fill(open, r), r)
			g.fixed[name] = append(g.fixed[name], strings.NewReplacer("\x01", "{", "\x02", "}").Replace(sentence))
		}
	}
	return g
}

func (g *grammar) place(name string, side float64, r *random) [2]float64 {
	at, ok := g.places[name]
	if !ok {
		at = [2]float64{r.Share() * side, r.Share() * side}
		g.places[name] = at
	}
	return at
}

func (g *grammar) text(category string, values map[string]string, p Plan, r *random) string {
	sentences := g.Categories[category]
	if p.Phrasings > 0 {
		sentences = g.fixed[category]
	}
	if r.Share() < p.Vague {
		sentences = g.Vague
	}
	fill := g.fill(values, r)
	text := expand(pick(r, sentences), fill, r)
	if r.Share() < 0.2 {
		text = slip(text, r)
	}
	if r.Share() < 0.5 {
		text = pick(r, g.Before) + text
	}
	if r.Share() < 0.4 {
		text += pick(r, g.After)
	}
	if r.Share() < p.Signed {
		text += expand(pick(r, g.Signed), fill, r)
	}
	return text
}

// fill says what stands for a name in a sentence.
func (g *grammar) fill(values map[string]string, r *random) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if v, ok := values[name]; ok {
			return v, true
		}
		switch name {
		case "given":
			return pick(r, g.Given), true
		case "family":
			return pick(r, g.Family), true
		case "house":
			return strconv.Itoa(1 + r.below(300)), true
		case "flat":
			return strconv.Itoa(101 + 100*r.below(12) + r.below(4)), true
		case "mail":
			return fmt.Sprintf("%s%d@example.org", pick(r, []string{"mary", "wei", "tomas", "li.na", "garcia"}), r.below(9000)), true
		case "phone":
			if g.lang == "zh" {
				return fmt.Sprintf("1%d%08d", 30+r.below(60), r.below(100_000_000)), true
			}
			return fmt.Sprintf("617-555-01%02d", r.below(100)), true
		}
		return "", false
	}
}

// expand chooses in a sentence one of "{this|that}" and puts in what "{name}" stands for, innermost first.
func expand(sentence string, fill func(string) (string, bool), r *random) string {
	for {
		to := strings.IndexByte(sentence, '}')
		if to < 0 {
			return sentence
		}
		from := strings.LastIndexByte(sentence[:to], '{')
		if from < 0 {
			return sentence
		}
		inner := sentence[from+1 : to]
		value, ok := fill(inner)
		if !ok {
			value = pick(r, strings.Split(inner, "|"))
		}
		sentence = sentence[:from] + value + sentence[to+1:]
	}
}

// slip leaves out one letter.
func slip(text string, r *random) string {
	letters := []rune(text)
	at := r.below(len(letters))
	return string(slices.Delete(letters, at, at+1))
}
