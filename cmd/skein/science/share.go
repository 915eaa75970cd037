package science

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"skein/face/chart"
	"skein/science/shares"
)

// Share divides a participatory budget.
type Share struct {
	Output
	File       string `arg:"" help:"Pabulib file (.pb); - is standard input."`
	Rule       string `enum:"greedy,mes,phragmen" default:"mes" help:"greedy, mes (the Method of Equal Shares) or phragmen."`
	Utility    string `enum:"cost,cardinality,score," default:"" help:"What a funded project is worth to its supporter: its cost, 1, or the points given (score). Without it, score on ballots with points and cost on others. Phragmén knows approvals only."`
	Completion string `enum:"none,u,add1,add1u," default:"" help:"What Equal Shares does with money that remains: none, u (greedy), add1 (raise every share by 1 until it is used) or add1u (both). Without it, none."`
	Compare    bool   `help:"Take greedy's outcome instead where more voters prefer it: the cities' comparison step."`
	Brief      bool   `help:"Only the winners: not who paid, nor what the others lacked."`
	Plot       string `placeholder:"FILE.svg" type:"path" help:"Draw the winners and the others."`
}

// Validate refuses options that say nothing together.
func (c *Share) Validate() error {
	if c.Rule != "mes" && c.Completion != "" && c.Completion != "none" {
		return fmt.Errorf("--completion is of --rule mes")
	}
	if c.Rule == "greedy" && c.Compare {
		return fmt.Errorf("--compare compares another rule with greedy; choose --rule mes or phragmen")
	}
	return nil
}

// Run reads the file, chooses, and prints the outcome.
func (c *Share) Run(d *Desk) error {
	text, err := d.read(c.File)
	if err != nil {
		return err
	}
	in, err := shares.Parse(text)
	if err != nil {
		return err
	}
	opt := shares.Options{Rule: shares.Rule(c.Rule), Utility: shares.Utility(c.Utility), Completion: shares.Completion(c.Completion)}
	if opt.Completion == "" {
		opt.Completion = shares.None
	}
	if opt.Utility == "" {
		opt.Utility = shares.CostUtility
		if in.VoteType == shares.Cumulative || in.VoteType == shares.Scoring {
			opt.Utility = shares.ScoreUtility
		}
	}
	o, err := shares.Share(in, opt)
	if err != nil {
		return err
	}
	s := &shared{in: in, outcome: o}
	if c.Compare {
		second, err := shares.Share(in, shares.Options{Rule: shares.Greedy, Utility: o.Utility})
		if err != nil {
			return err
		}
		compared := shares.Compare(o, second)
		s.compared, s.outcome = &compared, compared.Chosen()
	}
	if !c.Brief {
		s.accounts, s.losers, s.neglected = s.outcome.Account(), s.outcome.Losers(), s.outcome.Neglected()
	}
	if c.Plot != "" {
		if err := d.write(c.Plot, s.picture(d)); err != nil {
			return err
		}
	}
	if c.format(d) == "json" {
		return d.json(s.object(c.Brief))
	}
	if err := c.table(d, []string{"order", "project", "cost", "supporters", "phase", "tied", "price", "enough_cost", "more_supporters", "name"}, s.rows()); err != nil {
		return err
	}
	if c.format(d) == "text" {
		s.summary(d, c.Brief)
	}
	return nil
}

// shared is an outcome with all that is told of it.
type shared struct {
	in        *shares.Instance
	outcome   *shares.Outcome
	accounts  []shares.Account
	losers    []shares.Loser
	neglected []shares.Neglected
	compared  *shares.Comparison
}

func (s *shared) id(p int) string { return s.in.Projects[p].ID }

func (s *shared) ids(projects []int) []string {
	ids := make([]string, len(projects))
	for i, p := range projects {
		ids[i] = s.id(p)
	}
	return ids
}

// money is an amount as a number of JSON.
func (s *shared) money(amount int64) json.Number { return json.Number(s.in.Money(amount)) }

// enough is a Loser's figure: nil where nothing would do.
func (s *shared) enough(cost int64) any {
	if cost < 0 {
		return nil
	}
	return s.money(cost)
}

// less is how much lower the cost would have had to be.
func (s *shared) less(l shares.Loser) any {
	if l.EnoughCost < 0 {
		return nil
	}
	return s.money(s.in.Projects[l.Project].Cost - l.EnoughCost)
}

func more(supporters int64) any {
	if supporters < 0 {
		return nil
	}
	return supporters
}

// decimals writes a fraction of smallest units in the currency, to six decimals.
func (s *shared) decimals(x *big.Rat) json.Number { return rounded(s.in.Amount(x)) }

func rounded(x *big.Rat) json.Number {
	text := x.FloatString(6)
	return json.Number(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}

// exact is a fraction in full where that is short enough to be read, else "".
func exact(x *big.Rat) string {
	if text := x.RatString(); len(text) <= 60 {
		return text
	}
	return ""
}

func (s *shared) rows() [][]any {
	var rows [][]any
	for i, w := range s.outcome.Winners {
		var price any
		if s.accounts != nil && s.accounts[i].Price != nil {
			price = string(s.price(s.accounts[i].Price))
		}
		rows = append(rows, []any{i + 1, s.id(w.Project), s.in.Money(w.Cost), w.Supporters, string(w.Phase), strings.Join(s.ids(w.Tied), " "), price, nil, nil, s.in.Name(w.Project)})
	}
	for _, l := range s.losers {
		row := []any{nil, s.id(l.Project), s.in.Money(s.in.Projects[l.Project].Cost), l.Supporters, nil, nil, nil, nil, more(l.MoreSupporters), s.in.Name(l.Project)}
		if l.EnoughCost >= 0 {
			row[7] = s.in.Money(l.EnoughCost)
		}
		rows = append(rows, row)
	}
	return rows
}

// price is ρ in units of the currency for each unit of utility. Under the cost utility both are money.
func (s *shared) price(rho *big.Rat) json.Number {
	if s.outcome.Rule == shares.Mes && s.outcome.Utility == shares.CostUtility {
		return rounded(rho)
	}
	if s.outcome.Rule == shares.Mes && s.outcome.Utility == shares.ScoreUtility {
		points := new(big.Rat).SetFrac(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(s.in.PointDecimals)), nil), big.NewInt(1))
		rho = points.Mul(points, rho)
	}
	return s.decimals(rho)
}

// summary is what the text says below the table.
func (s *shared) summary(d *Desk, brief bool) {
	say := func(key string, args ...any) { fmt.Fprintln(d.Out, d.Voice.Say(key, args...)) }
	o := s.outcome
	fmt.Fprintln(d.Out)
	say("science.share_sum", "budget", s.in.Money(s.in.Budget), "spent", s.in.Money(o.Spent), "left", s.in.Money(o.Left), "ballots", len(s.in.Ballots))
	if o.Rule == shares.Mes && len(s.in.Ballots) > 0 {
		say("science.share_each", "share", string(s.decimals(o.Share())), "added", s.in.Money(o.Added()))
	}
	if c := s.compared; c != nil {
		key := "science.share_compared"
		if c.Chosen() == c.Second {
			key = "science.share_compared_greedy"
		}
		say(key, "first", c.PreferFirst, "second", c.PreferSecond, "same", c.Indifferent)
	}
	if brief {
		return
	}
	if len(s.neglected) == 0 {
		say("science.share_ejr")
	}
	for _, n := range s.neglected {
		say("science.share_ejr_missed", "voters", n.Voters, "project", s.id(n.Project))
	}
}

// picture shows every project's cost, those funded first, in order of selection.
func (s *shared) picture(d *Desk) []byte {
	say := d.Voice.Say
	groups := []string{say("science.share_funded"), say("science.share_completed"), say("science.share_unfunded")}
	bars := chart.Bars{Groups: groups}
	add := func(p, group int, tail string) {
		cost, _ := s.in.Amount(new(big.Rat).SetInt64(s.in.Projects[p].Cost)).Float64()
		bars.Bars = append(bars.Bars, chart.Bar{Label: s.in.Name(p), Value: cost, Group: group, Text: s.in.Money(s.in.Projects[p].Cost) + tail})
	}
	for _, w := range s.outcome.Winners {
		group := 0
		if w.Phase == shares.Greedy && s.outcome.Rule != shares.Greedy {
			group = 1
		}
		add(w.Project, group, "")
	}
	funded := len(bars.Bars)
	for _, l := range s.losers {
		tail := ""
		if l.EnoughCost >= 0 {
			tail = " → " + s.in.Money(l.EnoughCost)
		}
		add(l.Project, 2, tail)
	}
	currency, _ := s.in.Get("currency")
	title, _ := s.in.Get("description")
	bars.Frame = chart.Frame{
		Title: title, Lang: d.Voice.Lang, X: strings.TrimSpace(say("science.share_cost") + " " + currency),
		Desc: say("science.share_picture", "funded", funded, "spent", s.in.Money(s.outcome.Spent), "budget", s.in.Money(s.in.Budget)),
	}
	return bars.SVG()
}
