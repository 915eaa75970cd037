package shares

import (
	"math/big"
	"strings"
)

// VoteType is how voters filled in their ballots, by Pabulib's names.
type VoteType string

// The vote types of Pabulib.
const (
	Approval   VoteType = "approval"   // any number of projects
	Choose1    VoteType = "choose-1"   // one project
	Ordinal    VoteType = "ordinal"    // projects in order, the best first
	Cumulative VoteType = "cumulative" // points out of a sum
	Scoring    VoteType = "scoring"    // a score for each project
)

// Instance is a participatory budget with its ballots.
type Instance struct {
	Meta           []Field // all of META in the order of the file; Budget and VoteType stand there as written
	Budget         int64   // in the smallest unit
	Decimals       int     // how many decimals the smallest unit is: 2 for cents
	VoteType       VoteType
	PointDecimals  int      // the same for points
	DefaultScore   int64    // points, in their smallest unit, for projects that a scoring ballot leaves out
	ProjectColumns []string // names of the columns of PROJECTS
	Projects       []Project
	VoteColumns    []string // names of the columns of VOTES
	Ballots        []Ballot
}

// Field is a line of META.
type Field struct{ Key, Value string }

// Project is a project that can be funded.
type Project struct {
	ID     string
	Cost   int64    // in the smallest unit
	Fields []string // what stands in ProjectColumns, without project_id and cost
}

// Name is the project's name, or its id where the file gives none.
func (in *Instance) Name(p int) string {
	for i, column := range in.ProjectColumns {
		if column == "name" && i < len(in.Projects[p].Fields) && in.Projects[p].Fields[i] != "" {
			return in.Projects[p].Fields[i]
		}
	}
	return in.Projects[p].ID
}

// Ballot is one voter's. Projects are indices into Instance.Projects as the voter wrote
// them, best first on an ordinal ballot; Points stand beside them on cumulative and scoring ballots.
type Ballot struct {
	Projects []int32
	Points   []int64
	Fields   []string // what stands in VoteColumns, without vote and points
}

// Get is the value of a key of META.
func (in *Instance) Get(key string) (string, bool) {
	for _, f := range in.Meta {
		if f.Key == key {
			return f.Value, true
		}
	}
	return "", false
}

// Money writes an amount as the file would: "770039.52".
func (in *Instance) Money(amount int64) string { return decimal(amount, in.Decimals) }

// Amount is an exact number of smallest units in the currency itself.
func (in *Instance) Amount(smallest *big.Rat) *big.Rat {
	return new(big.Rat).Quo(smallest, new(big.Rat).SetInt64(power10(in.Decimals)))
}

// before says whether project a comes before b where all else is equal.
func (in *Instance) before(a, b int) bool {
	return strings.Compare(in.Projects[a].ID, in.Projects[b].ID) < 0
}
