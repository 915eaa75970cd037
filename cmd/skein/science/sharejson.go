package science

import (
	"encoding/json"
	"math/big"

	"skein/science/shares"
)

// The members of the JSON, as docs/science/shares.md describes them. Amounts are in the
// currency of the file; what is a fraction is rounded to six decimals, and given exactly beside it where that is short.
type (
	shareJSON struct {
		Rule       string          `json:"rule"`
		Utility    string          `json:"utility"`
		Completion string          `json:"completion,omitempty"`
		Budget     json.Number     `json:"budget"`
		Ballots    int             `json:"ballots"`
		Spent      json.Number     `json:"spent"`
		Left       json.Number     `json:"left"`
		Share      *json.Number    `json:"share,omitempty"`
		Added      *json.Number    `json:"added,omitempty"`
		Winners    []winnerJSON    `json:"winners"`
		Losers     []loserJSON     `json:"losers,omitempty"`
		EJR        *ejrJSON        `json:"ejr_plus_up_to_one,omitempty"`
		Comparison *comparisonJSON `json:"comparison,omitempty"`
	}
	winnerJSON struct {
		Project    string       `json:"project"`
		Name       string       `json:"name"`
		Cost       json.Number  `json:"cost"`
		Supporters int64        `json:"supporters"`
		Utility    json.Number  `json:"utility"`
		Phase      string       `json:"phase"`
		Tied       []string     `json:"tied"`
		Price      *json.Number `json:"price,omitempty"`
		Paid       []paidJSON   `json:"paid,omitempty"`
		Nothing    *int64       `json:"nothing_left,omitempty"`
	}
	paidJSON struct {
		Each    json.Number `json:"each"`
		Exact   string      `json:"exact,omitempty"`
		Voters  int64       `json:"voters"`
		Emptied bool        `json:"all_they_had,omitempty"`
	}
	loserJSON struct {
		Project        string      `json:"project"`
		Name           string      `json:"name"`
		Cost           json.Number `json:"cost"`
		Supporters     int64       `json:"supporters"`
		EnoughCost     any         `json:"enough_cost"`
		LessCost       any         `json:"less_cost"`
		MoreSupporters any         `json:"more_supporters"`
	}
	ejrJSON struct {
		Holds     bool            `json:"holds"`
		Neglected []neglectedJSON `json:"neglected"`
	}
	neglectedJSON struct {
		Project  string      `json:"project"`
		Voters   int64       `json:"voters"`
		Deserved json.Number `json:"deserved"`
		Best     json.Number `json:"best"`
	}
	comparisonJSON struct {
		Chosen       string   `json:"chosen"`
		PreferRule   int64    `json:"prefer_rule"`
		PreferGreedy int64    `json:"prefer_greedy"`
		Indifferent  int64    `json:"indifferent"`
		EmptyRule    int64    `json:"nothing_from_rule"`
		EmptyGreedy  int64    `json:"nothing_from_greedy"`
		Rule         []string `json:"rule_winners"`
		Greedy       []string `json:"greedy_winners"`
	}
)

// scale brings a utility from its smallest units to its own: money under the cost utility, points under the score utility.
func (s *shared) scale(utility *big.Rat) *big.Rat {
	decimals := 0
	switch s.outcome.Utility {
	case shares.CostUtility:
		decimals = s.in.Decimals
	case shares.ScoreUtility:
		decimals = s.in.PointDecimals
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	return new(big.Rat).Quo(utility, new(big.Rat).SetInt(unit))
}

func (s *shared) worth(utility *big.Int) json.Number {
	return rounded(s.scale(new(big.Rat).SetInt(utility)))
}

func (s *shared) object(brief bool) shareJSON {
	o := s.outcome
	out := shareJSON{
		Rule: string(o.Rule), Utility: string(o.Utility), Budget: s.money(s.in.Budget), Ballots: len(s.in.Ballots),
		Spent: s.money(o.Spent), Left: s.money(o.Left), Winners: []winnerJSON{},
	}
	if o.Rule == shares.Mes {
		out.Completion = string(o.Completion)
		share, added := s.decimals(o.Share()), s.money(o.Added())
		out.Share, out.Added = &share, &added
	}
	for i, w := range o.Winners {
		winner := winnerJSON{
			Project: s.id(w.Project), Name: s.in.Name(w.Project), Cost: s.money(w.Cost), Supporters: w.Supporters,
			Utility: s.worth(w.Utility), Phase: string(w.Phase), Tied: s.ids(w.Tied),
		}
		if s.accounts != nil && s.accounts[i].Price != nil {
			a := s.accounts[i]
			price := s.price(a.Price)
			winner.Price, winner.Nothing = &price, &a.Nothing
			for _, p := range a.Paid {
				winner.Paid = append(winner.Paid, paidJSON{s.decimals(p.Each), exact(s.in.Amount(p.Each)), p.Voters, p.Emptied})
			}
		}
		out.Winners = append(out.Winners, winner)
	}
	if c := s.compared; c != nil {
		out.Comparison = &comparisonJSON{
			Chosen: string(c.Chosen().Rule), PreferRule: c.PreferFirst, PreferGreedy: c.PreferSecond, Indifferent: c.Indifferent,
			EmptyRule: c.EmptyFirst, EmptyGreedy: c.EmptySecond, Rule: s.winners(c.First), Greedy: s.winners(c.Second),
		}
	}
	if brief {
		return out
	}
	for _, l := range s.losers {
		out.Losers = append(out.Losers, loserJSON{
			s.id(l.Project), s.in.Name(l.Project), s.money(s.in.Projects[l.Project].Cost), l.Supporters, s.enough(l.EnoughCost), s.less(l), more(l.MoreSupporters),
		})
	}
	out.EJR = &ejrJSON{Holds: len(s.neglected) == 0, Neglected: []neglectedJSON{}}
	for _, n := range s.neglected {
		out.EJR.Neglected = append(out.EJR.Neglected, neglectedJSON{s.id(n.Project), n.Voters, rounded(s.scale(n.Deserved)), s.worth(big.NewInt(n.Best))})
	}
	return out
}

func (s *shared) winners(o *shares.Outcome) []string {
	ids := []string{}
	for _, w := range o.Winners {
		ids = append(ids, s.id(w.Project))
	}
	return ids
}
