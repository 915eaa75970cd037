package science

import (
	"encoding/json"
	"math/big"
)

// The members of the JSON, as docs/science/count.md describes them.
type (
	countJSON struct {
		Rule    string      `json:"rule"`
		Seats   int         `json:"seats"`
		Ballots int64       `json:"ballots"`
		Blank   int64       `json:"blank"`
		Spoiled int64       `json:"spoiled"`
		Winners []string    `json:"winners"`
		Tallies []tallyJSON `json:"tallies"`
		Rounds  []roundJSON `json:"rounds,omitempty"`
		Options []string    `json:"options,omitempty"` // of the rows and columns below
		Pairs   [][]int64   `json:"pairs,omitempty"`
		Paths   [][]int64   `json:"paths,omitempty"`
		Ties    []tieJSON   `json:"ties"`
		Quorum  quorumJSON  `json:"quorum"`
	}
	tallyJSON struct {
		Option  string      `json:"option"`
		Votes   json.Number `json:"votes"`
		Ballots int64       `json:"ballots"`
		Elected bool        `json:"elected"`
	}
	roundJSON struct {
		Votes      map[string]json.Number `json:"votes"`
		Exhausted  json.Number            `json:"exhausted"`
		Elected    []string               `json:"elected"`
		Dropped    []string               `json:"dropped"`
		Quota      json.Number            `json:"quota,omitempty"`
		Surplus    json.Number            `json:"surplus,omitempty"`
		Keep       map[string]json.Number `json:"keep,omitempty"`
		Iterations int                    `json:"iterations,omitempty"`
	}
	tieJSON struct {
		Round   int      `json:"round,omitempty"`
		Options []string `json:"options"`
		Chosen  []string `json:"chosen"`
	}
	quorumJSON struct {
		Met    bool         `json:"met"`
		Missed []missedJSON `json:"missed"`
	}
	missedJSON struct {
		Condition string      `json:"condition"`
		Option    string      `json:"option,omitempty"`
		Asked     json.Number `json:"asked"`
		Reached   json.Number `json:"reached"`
	}
)

func (v *counted) object() countJSON {
	r := v.r
	number := func(x *big.Rat) json.Number { return json.Number(decimals9(x)) }
	out := countJSON{
		Rule: string(r.Rule), Seats: r.Seats, Ballots: r.Ballots, Blank: r.Blank, Spoiled: r.Spoiled, Winners: v.names(r.Winners),
		Tallies: []tallyJSON{}, Pairs: r.Pairs, Paths: r.Paths, Ties: []tieJSON{}, Quorum: quorumJSON{Met: len(r.Missed) == 0, Missed: []missedJSON{}},
	}
	if r.Pairs != nil {
		out.Options = v.e.Options
	}
	for _, t := range r.Tallies {
		out.Tallies = append(out.Tallies, tallyJSON{v.e.Options[t.Option], number(t.Votes), t.Backers, v.elected(t.Option)})
	}
	for _, round := range r.Rounds {
		j := roundJSON{Votes: map[string]json.Number{}, Exhausted: number(round.Exhausted), Elected: v.names(round.Elected), Dropped: v.names(round.Dropped), Iterations: round.Iterations}
		for i, votes := range round.Votes {
			if votes != nil {
				j.Votes[v.e.Options[i]] = number(votes)
			}
		}
		if round.Quota != nil {
			j.Quota, j.Surplus, j.Keep = number(round.Quota), number(round.Surplus), map[string]json.Number{}
			for i, keep := range round.Keep {
				if keep != nil {
					j.Keep[v.e.Options[i]] = number(keep)
				}
			}
		}
		out.Rounds = append(out.Rounds, j)
	}
	for _, t := range r.Ties {
		out.Ties = append(out.Ties, tieJSON{t.Round, v.names(t.Options), v.names(t.Chosen)})
	}
	for _, m := range r.Missed {
		missed := missedJSON{Condition: m.Condition, Asked: number(m.Asked), Reached: number(m.Reached)}
		if m.Option >= 0 {
			missed.Option = v.e.Options[m.Option]
		}
		out.Quorum.Missed = append(out.Quorum.Missed, missed)
	}
	return out
}
