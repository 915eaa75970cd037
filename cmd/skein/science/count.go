package science

import (
	"bytes"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"

	"skein/face/chart"
	"skein/science/count"
)

// Count counts ballots.
type Count struct {
	Output
	File       string `arg:"" name:"ballots" help:"File of ballots: BLT (.blt), PrefLib (.soc, .soi, .toc, .toi) or CSV; - is standard input."`
	As         string `enum:"blt,preflib,csv," default:"" help:"Form of the file, where its name does not tell."`
	Rule       string `required:"" enum:"single,multiple,approval,score,irv,stv,schulze,quadratic" help:"single, multiple, approval, score, irv (instant runoff), stv (Meek), schulze or quadratic."`
	Seats      int    `help:"Winners; without it what the file states, or 1."`
	Most       int    `help:"multiple: how many options a ballot may choose; without it, as many as there are seats."`
	Low        int32  `help:"score: the lowest score (0)."`
	High       int32  `help:"score: the highest score (10)."`
	Credits    int64  `help:"quadratic: what a ballot may spend, v² for v votes (100)."`
	Electorate int64  `help:"How many could vote."`
	Turnout    string `placeholder:"25%|1/4" help:"Quorum: the least part of the electorate that must cast a ballot."`
	Support    string `placeholder:"40%|2/5" help:"Quorum: the least part of the electorate that must mark a winner."`
	Majority   string `placeholder:"50%|1/2" help:"Quorum: the part of the valid ballots that a winner must exceed."`
	Plot       string `placeholder:"FILE.svg" type:"path" help:"Draw the sums."`
}

// Validate refuses options that cannot be.
func (c *Count) Validate() error {
	for _, q := range []struct{ name, text string }{{"turnout", c.Turnout}, {"support", c.Support}, {"majority", c.Majority}} {
		if _, err := part(q.text); err != nil {
			return fmt.Errorf("--%s: %w", q.name, err)
		}
	}
	switch {
	case c.Seats < 0 || c.Most < 0 || c.Credits < 0 || c.Electorate < 0:
		return fmt.Errorf("a number below 0 has no meaning here")
	case (c.Rule == "single" || c.Rule == "irv") && c.Seats > 1:
		return fmt.Errorf("--rule %s fills one seat", c.Rule)
	case c.Rule != "multiple" && c.Most != 0:
		return fmt.Errorf("--most is of --rule multiple")
	case c.Rule != "quadratic" && c.Credits != 0:
		return fmt.Errorf("--credits is of --rule quadratic")
	case c.Rule != "score" && (c.Low != 0 || c.High != 0):
		return fmt.Errorf("--low and --high are of --rule score")
	case c.Low > c.High && c.High != 0 || c.Low > 10 && c.High == 0:
		return fmt.Errorf("--low is above --high")
	}
	return nil
}

// part reads "25%", "1/4" or "0.25" as a part of 1; nil when empty.
func part(text string) (*big.Rat, error) {
	if text == "" {
		return nil, nil
	}
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	if len(number) > 20 || strings.ContainsAny(number, "eExXpPbBoO_") {
		return nil, fmt.Errorf("%q is no part of 1", text)
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return nil, fmt.Errorf("%q is no part of 1: write 25%%, 1/4 or 0.25", text)
	}
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	if r.Sign() < 0 || r.Cmp(big.NewRat(1, 1)) > 0 {
		return nil, fmt.Errorf("%q is not between 0 and 1", text)
	}
	return r, nil
}

// Run reads the ballots, counts them and prints the result.
func (c *Count) Run(d *Desk) error {
	text, err := d.read(c.File)
	if err != nil {
		return err
	}
	e, err := c.ballots(text)
	if err != nil {
		return err
	}
	opt := count.Options{Rule: count.Rule(c.Rule), Seats: c.Seats, Most: c.Most, Low: c.Low, High: c.High, Credits: c.Credits}
	if c.Low != 0 && c.High == 0 {
		opt.High = 10
	}
	opt.Quorum.Electorate = c.Electorate
	opt.Quorum.Turnout, _ = part(c.Turnout) // Validate has read them
	opt.Quorum.Support, _ = part(c.Support)
	opt.Quorum.Majority, _ = part(c.Majority)
	r, err := count.Count(e, opt)
	if err != nil {
		return err
	}
	v := &counted{e, r}
	if c.Plot != "" {
		if err := d.write(c.Plot, v.picture(d, c.File)); err != nil {
			return err
		}
	}
	if c.format(d) == "json" {
		return d.json(v.object())
	}
	if err := c.table(d, []string{"place", "option", "votes", "ballots", "elected"}, v.rows()); err != nil {
		return err
	}
	if c.format(d) == "text" {
		v.summary(d)
	}
	return nil
}

// ballots reads the file in its form.
func (c *Count) ballots(text []byte) (*count.Election, error) {
	form := c.As
	if form == "" {
		switch ext := strings.ToLower(filepath.Ext(c.File)); ext {
		case ".blt":
			form = "blt"
		case ".soc", ".soi", ".toc", ".toi":
			form = "preflib"
		case ".csv", ".tsv":
			form = "csv"
		default: // the first lines of PrefLib and BLT cannot be those of a table of options
			form = "csv"
			start := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
			first, _, _ := bytes.Cut(start, []byte("\n"))
			if bytes.HasPrefix(start, []byte("#")) {
				form = "preflib"
			} else if fields := strings.Fields(string(first)); len(fields) == 2 && strings.Trim(fields[0]+fields[1], "0123456789") == "" {
				form = "blt"
			}
		}
	}
	switch form {
	case "blt":
		return count.ReadBLT(text)
	case "preflib":
		return count.ReadPrefLib(text)
	}
	return count.ReadCSV(text)
}

// counted is a result with its options' names.
type counted struct {
	e *count.Election
	r *count.Result
}

func (v *counted) names(options []int) []string {
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = v.e.Options[o]
	}
	return names
}

func (v *counted) elected(option int) bool {
	for _, w := range v.r.Winners {
		if w == option {
			return true
		}
	}
	return false
}

func (v *counted) rows() [][]any {
	var rows [][]any
	for i, t := range v.r.Tallies {
		rows = append(rows, []any{i + 1, v.e.Options[t.Option], decimals9(t.Votes), t.Backers, v.elected(t.Option)})
	}
	return rows
}

// decimals9 writes a sum of votes to nine decimals, without superfluous zeros.
func decimals9(x *big.Rat) string {
	if x.IsInt() {
		return x.RatString()
	}
	return strings.TrimSuffix(strings.TrimRight(x.FloatString(9), "0"), ".")
}

func (v *counted) summary(d *Desk) {
	say := func(key string, args ...any) { fmt.Fprintln(d.Out, d.Voice.Say(key, args...)) }
	r := v.r
	fmt.Fprintln(d.Out)
	say("science.count_sum", "ballots", r.Ballots, "blank", r.Blank, "spoiled", r.Spoiled)
	for _, t := range r.Ties {
		say("science.count_tie", "options", strings.Join(v.names(t.Options), ", "), "chosen", strings.Join(v.names(t.Chosen), ", "))
	}
	for _, m := range r.Missed {
		asked, reached := percent(m.Asked), percent(m.Reached)
		switch m.Condition {
		case "turnout":
			say("science.count_turnout", "asked", asked, "reached", reached)
		case "support":
			say("science.count_support", "option", v.e.Options[m.Option], "asked", asked, "reached", reached)
		default:
			say("science.count_majority", "option", v.e.Options[m.Option], "asked", asked, "reached", reached)
		}
	}
}

func percent(x *big.Rat) string {
	return decimals9(new(big.Rat).SetFrac(new(big.Int).Div(new(big.Int).Mul(x.Num(), big.NewInt(10_000)), x.Denom()), big.NewInt(100))) + " %"
}

func (v *counted) picture(d *Desk, file string) []byte {
	say := d.Voice.Say
	title := v.e.Title
	if title == "" {
		title = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	bars := chart.Bars{Groups: []string{say("science.count_elected"), say("science.count_others")}}
	for _, t := range v.r.Tallies {
		votes, _ := t.Votes.Float64()
		group := 1
		if v.elected(t.Option) {
			group = 0
		}
		bars.Bars = append(bars.Bars, chart.Bar{Label: v.e.Options[t.Option], Value: votes, Group: group, Text: decimals9(t.Votes)})
	}
	bars.Frame = chart.Frame{
		Title: title, Lang: d.Voice.Lang, X: say("science.count_axis_" + string(v.r.Rule)),
		Desc: say("science.count_picture", "winners", strings.Join(v.names(v.r.Winners), ", "), "ballots", v.r.Ballots),
	}
	return bars.SVG()
}
