package science

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"skein/science/opinion"
)

// Opinion maps where opinions meet.
type Opinion struct {
	Output
	Votes        string   `arg:"" placeholder:"VOTES.csv" help:"Votes: participant, statement, vote (1, 0, -1), or Polis's votes.csv; - is standard input."`
	ModeratedOut []string `sep:"," placeholder:"ID,…" help:"Statements taken out by moderation."`
	Meta         []string `sep:"," placeholder:"ID,…" help:"Statements about the conversation itself."`
	Unvoted      []string `sep:"," placeholder:"ID,…" help:"Statements that nobody has voted on yet; they count, and have a priority."`
	Plot         string   `placeholder:"FILE.svg" help:"Draw both maps into this file."`
	Seed         uint64   `help:"Of the starts and the resampling."`
}

// Validate refuses ids that cannot be.
func (c *Opinion) Validate() error {
	for _, list := range []*[]string{&c.ModeratedOut, &c.Meta, &c.Unvoted} {
		if len(*list) == 1 && strings.TrimSpace((*list)[0]) == "" {
			*list = nil // an empty list was given
		}
		for i, id := range *list {
			(*list)[i] = strings.TrimSpace(id)
			if (*list)[i] == "" {
				return errors.New("an id in a list of statements is empty: separate ids by single commas")
			}
		}
	}
	if c.Plot == "-" {
		return errors.New("--plot: name a file, standard output is taken")
	}
	return nil
}

// answers are the two maps of the same votes, whose participants and statements are the same.
type answers struct {
	polis, steady *opinion.Map
	absent        []string // statements taken out that the votes do not have
}

// Run prints both answers: JSON has all of them, CSV a row a participant, text what a clerk wants to know.
func (c *Opinion) Run(d *Desk) error {
	text, err := d.read(c.Votes)
	if err != nil {
		return err
	}
	votes, err := opinion.Parse(text)
	if err != nil {
		return err
	}
	for _, id := range c.Unvoted {
		votes.AddStatement(id)
	}
	options := opinion.Options{ModeratedOut: c.ModeratedOut, Meta: c.Meta, Seed: c.Seed}
	var a answers
	a.polis, a.steady = opinion.Both(votes, options)
	for _, id := range slices.Concat(c.ModeratedOut, c.Meta) {
		if !slices.Contains(votes.Statements(), id) {
			a.absent = append(a.absent, id)
		}
	}
	if c.Plot != "" {
		if err := d.write(c.Plot, a.picture(d.Voice)); err != nil {
			return err
		}
	}
	switch c.format(d) {
	case "json":
		return d.json(a.document())
	case "csv":
		return c.table(d, []string{"participant", "votes", "x", "y", "group", "steady_x", "steady_y", "steady_group"}, a.rows())
	}
	return a.print(d)
}

// rows are a row a participant.
func (a answers) rows() [][]any {
	out := make([][]any, len(a.polis.Participants))
	for i, p := range a.polis.Participants {
		s := a.steady.Participants[i]
		out[i] = []any{p.ID, p.Votes, p.At.X, p.At.Y, groupOrNil(p.Group), s.At.X, s.At.Y, groupOrNil(s.Group)}
	}
	return out
}

func groupOrNil(group int) any {
	if group < 0 {
		return nil
	}
	return group
}

// print tells what was found in sentences and short tables.
func (a answers) print(d *Desk) error {
	say := d.Voice.Say
	w := tabwriter.NewWriter(d.Out, 0, 0, 2, ' ', 0)
	m := a.polis
	cast := 0
	for _, p := range m.Participants {
		cast += p.Votes
	}
	fmt.Fprintln(w, say("science.opinion_size", "participants", len(m.Participants), "statements", len(m.Statements), "votes", cast, "in", len(m.In)))
	if len(a.absent) > 0 {
		fmt.Fprintln(w, say("science.opinion_absent", "statements", strings.Join(a.absent, ", ")))
	}
	fmt.Fprintf(w, "\n%s\n", say("science.opinion_polis", "k", m.K))
	printGroups(w, d, m)
	fmt.Fprintf(w, "\n%s\n", verdict(d, a.steady))
	printGroups(w, d, a.steady)
	if err := w.Flush(); err != nil { // a table of its own
		return err
	}
	if len(a.steady.Steadiness.Trials) > 0 {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", say("science.opinion_k"), say("science.opinion_stability"), say("science.opinion_sure"), say("science.opinion_even"))
	}
	for _, t := range a.steady.Steadiness.Trials {
		fmt.Fprintf(w, "%d\t%s\t%d\t%.3f\n", t.K, decimals(t.Stability), t.Sure, t.Even)
	}
	fmt.Fprintf(w, "\n%s\n", say("science.opinion_consensus"))
	for _, side := range []struct {
		key string
		of  []opinion.Agreement
	}{{"science.opinion_agree", m.Consensus.Agree}, {"science.opinion_disagree", m.Consensus.Disagree}} {
		for _, c := range side.of {
			fmt.Fprintf(w, "%s\t%s\t%s\n", m.Statements[c.Statement].ID, say(side.key), say("science.opinion_of", "n", c.Successes, "of", c.Votes))
		}
	}
	fmt.Fprintf(w, "\n%s\n", say("science.opinion_next", "statements", strings.Join(next(m, 5), ", ")))
	return w.Flush()
}

// verdict says in a sentence what the steady answer is.
func verdict(d *Desk, m *opinion.Map) string {
	if !m.Steadiness.Told {
		return d.Voice.Say("science.opinion_cannot_tell", "resamples", m.Steadiness.Resamples)
	}
	key := "science.opinion_steady_spread"
	for _, t := range m.Steadiness.Trials {
		if t.K == m.K && t.Apart() {
			key = "science.opinion_steady_apart"
		}
	}
	return d.Voice.Say(key, "k", m.K)
}

func printGroups(w *tabwriter.Writer, d *Desk, m *opinion.Map) {
	for g, group := range m.Groups {
		var speaks []string
		for _, r := range group.Representative {
			key := "science.opinion_agree"
			if r.Side == opinion.Disagree {
				key = "science.opinion_disagree"
			}
			speaks = append(speaks, fmt.Sprintf("%s %s %d/%d", m.Statements[r.Statement].ID, d.Voice.Say(key), r.Successes, r.Votes))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", d.Voice.Say("science.opinion_group", "group", g), d.Voice.Say("science.opinion_people", "n", len(group.Members)), strings.Join(speaks, "; "))
	}
}

// next are the statements with the highest priorities.
func next(m *opinion.Map, most int) []string {
	var order []int
	for j, s := range m.Statements {
		if !s.ModeratedOut {
			order = append(order, j)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := m.Statements[a].Priority, m.Statements[b].Priority; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	var out []string
	for _, j := range order[:min(most, len(order))] {
		out = append(out, m.Statements[j].ID)
	}
	return out
}

func decimals(of []float64) string {
	out := make([]string, len(of))
	for i, v := range of {
		out[i] = strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strings.Join(out, " ")
}
