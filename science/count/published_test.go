package count

import (
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Elections whose counts were published. Where the count gives more than the source does, only what the source gives is compared.

// tennessee is the example of many articles on voting in Wikipedia: the capital of Tennessee.
const tennessee = `count,vote
42,Memphis>Nashville>Chattanooga>Knoxville
26,Nashville>Chattanooga>Knoxville>Memphis
15,Chattanooga>Knoxville>Nashville>Memphis
17,Knoxville>Chattanooga>Nashville>Memphis
`

// tennesseeTwo has everyone approve the two nearest (Wikipedia, Approval voting).
const tennesseeTwo = `count,Memphis,Nashville,Chattanooga,Knoxville
42,1,1,0,0
26,0,1,1,0
15,0,0,1,1
17,0,0,1,1
`

// tennesseePoints gives the points of Borda's count, 3, 2, 1, 0 (Wikipedia, Borda count).
const tennesseePoints = `count,Memphis,Nashville,Chattanooga,Knoxville
42,3,2,1,0
26,0,3,2,1
15,0,1,3,2
17,0,1,2,3
`

// schulze45 is example 1 of Schulze's papers, with 45 voters.
const schulze45 = `# NUMBER ALTERNATIVES: 5
# NUMBER VOTERS: 45
# ALTERNATIVE NAME 1: A
# ALTERNATIVE NAME 2: B
# ALTERNATIVE NAME 3: C
# ALTERNATIVE NAME 4: D
# ALTERNATIVE NAME 5: E
5: 1,3,2,5,4
5: 1,4,5,3,2
8: 2,5,4,1,3
3: 3,1,2,5,4
7: 3,1,5,2,4
2: 3,2,1,4,5
7: 4,3,5,2,1
8: 5,2,1,4,3
`

// party is Wikipedia's example of the single transferable vote: 20 guests choose three foods.
const party = `6 3
4 1 0
2 2 1 0
8 3 4 0
4 3 5 0
1 4 0
1 5 0
0
"orange" "pear" "chocolate" "strawberry" "sweets" "nothing"
"party"
`

// vegetables is the contest by which the program stv-rs (Apache-2.0, github.com/gendx/stv-rs,
// testdata/ballots/vegetables.blt) shows Meek's reference rule, with numbers for its nicknames.
const vegetables = `9 4
-2 -6
1 1 2 0
2 2 3 0
3 3 4 0
4 4 5 0
5 5 6 0
6 6 7 0
7 7 8 0
8 8 9 0
9 9 1 0
0
"Apple"
"Banana"
"Cherry"
"Date"
"Eggplant"
"Fig"
"Grape"
"Hazelnut"
"Jalapeno"
"Vegetable contest"
`

// brexit: the referendum of 23 June 2016 (Electoral Commission). scotland: that of 1 March
// 1979, whose Act asked for 40 % of the electorate.
const (
	brexit   = "count,Leave,Remain\n17410742,1,\n16141241,,1\n25359,1,1\n"
	scotland = "count,Yes,No\n1230937,1,0\n1153502,0,1\n"
)

func read(t *testing.T, text string) *Election {
	t.Helper()
	reader := ReadCSV
	switch {
	case strings.HasPrefix(text, "#"):
		reader = ReadPrefLib
	case text[0] >= '0' && text[0] <= '9':
		reader = ReadBLT
	}
	e, err := reader([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func count(t *testing.T, text string, opt Options) (*Election, *Result) {
	t.Helper()
	e := read(t, text)
	r, err := Count(e, opt)
	if err != nil {
		t.Fatal(err)
	}
	return e, r
}

func names(e *Election, options []int) string {
	var out []string
	for _, i := range options {
		out = append(out, e.Options[i])
	}
	return strings.Join(out, " ")
}

// told writes tallies as "Nashville 68, …".
func told(e *Election, r *Result) string {
	var out []string
	for _, t := range r.Tallies {
		out = append(out, e.Options[t.Option]+" "+t.Votes.RatString())
	}
	return strings.Join(out, ", ")
}

func TestTennessee(t *testing.T) {
	for _, c := range []struct {
		text             string
		opt              Options
		winners, tallies string
	}{
		{tennessee, Options{Rule: Single}, "Memphis", "Memphis 42, Nashville 26, Knoxville 17, Chattanooga 15"},
		{tennesseeTwo, Options{Rule: Approval}, "Nashville", "Nashville 68, Chattanooga 58, Memphis 42, Knoxville 32"},
		{tennesseeTwo, Options{Rule: Multiple, Seats: 2}, "Nashville Chattanooga", "Nashville 68, Chattanooga 58, Memphis 42, Knoxville 32"},
		{tennesseePoints, Options{Rule: Score, High: 3}, "Nashville", "Nashville 194, Chattanooga 173, Memphis 126, Knoxville 107"},
		{tennessee, Options{Rule: IRV}, "Knoxville", "Knoxville 58, Memphis 42, Nashville 26, Chattanooga 15"},
		{tennessee, Options{Rule: Schulze}, "Nashville", "Nashville 3, Chattanooga 2, Knoxville 1, Memphis 0"},
	} {
		e, r := count(t, c.text, c.opt)
		if names(e, r.Winners) != c.winners || told(e, r) != c.tallies {
			t.Errorf("%s: %s; %s", c.opt.Rule, names(e, r.Winners), told(e, r))
		}
	}
}

// TestBurlington2009 counts the election of the mayor of Burlington, Vermont, reduced to the three who came furthest.
func TestBurlington2009(t *testing.T) {
	text, err := os.ReadFile("testdata/burlington-2009.csv")
	if err != nil {
		t.Fatal(err)
	}
	burlington := string(text)
	e, r := count(t, burlington, Options{Rule: IRV})
	if names(e, r.Winners) != "Kiss" || len(r.Rounds) != 2 || told(e, r) != "Kiss 4314, Wright 4064, Montroll 2554" || r.Rounds[1].Exhausted.RatString() != "455" {
		t.Errorf("instant runoff: %s after %d rounds; %s", names(e, r.Winners), len(r.Rounds), told(e, r))
	}
	e, r = count(t, burlington, Options{Rule: Schulze})
	m, k, w := slices.Index(e.Options, "Montroll"), slices.Index(e.Options, "Kiss"), slices.Index(e.Options, "Wright")
	if names(e, r.Winners) != "Montroll" || r.Pairs[m][k] != 4067 || r.Pairs[k][m] != 3477 || r.Pairs[m][w] != 4597 || r.Pairs[w][m] != 3668 {
		t.Errorf("Schulze: %s, %v", names(e, r.Winners), r.Pairs)
	}
	if _, r = count(t, burlington, Options{Rule: Single}); e.Options[r.Winners[0]] != "Wright" {
		t.Error("most first choices")
	}
}

func TestSchulzeExample(t *testing.T) {
	e, r := count(t, schulze45, Options{Rule: Schulze, Seats: 5})
	paths := [][]int64{{0, 28, 28, 30, 24}, {25, 0, 28, 33, 24}, {25, 29, 0, 29, 24}, {25, 28, 28, 0, 24}, {25, 28, 28, 31, 0}}
	pairs := [][]int64{{0, 20, 26, 30, 22}, {25, 0, 16, 33, 18}, {19, 29, 0, 17, 24}, {15, 12, 28, 0, 14}, {23, 27, 21, 31, 0}}
	if names(e, r.Winners) != "E A C B D" || !slices.EqualFunc(paths, r.Paths, slices.Equal) || !slices.EqualFunc(pairs, r.Pairs, slices.Equal) {
		t.Errorf("%s\n%v\n%v", names(e, r.Winners), r.Paths, r.Pairs)
	}
}

func TestParty(t *testing.T) {
	e, r := count(t, party, Options{Rule: STV})
	if got := names(e, r.Winners); got != "chocolate strawberry orange" {
		t.Error(got)
	}
}

// near compares decimals written out with fractions, within a tolerance.
func near(want string, got *big.Rat, tolerance string) bool {
	w, _ := new(big.Rat).SetString(want)
	most, _ := new(big.Rat).SetString(tolerance)
	return got != nil && w.Sub(w, got).Abs(w).Cmp(most) <= 0
}

// stage is what a source gives of a round: votes in the order of the options, "" for who is out.
type stage struct {
	quota, surplus, elected, dropped string
	votes, keep                      []string
}

func compare(t *testing.T, name string, e *Election, r *Result, want []stage, tolerance string) {
	t.Helper()
	if len(r.Rounds) < len(want) {
		t.Fatalf("%s: %d rounds", name, len(r.Rounds))
	}
	for i, w := range want {
		got := r.Rounds[i]
		if !near(w.quota, got.Quota, tolerance) || !near(w.surplus, got.Surplus, tolerance) || names(e, got.Elected) != w.elected || names(e, got.Dropped) != w.dropped {
			t.Errorf("%s round %d: quota %s, surplus %s, elected %q, dropped %q; want %+v", name, i+1, got.Quota.FloatString(9), got.Surplus.FloatString(9), names(e, got.Elected), names(e, got.Dropped), w)
		}
		for option, v := range w.votes {
			if v == "" != (got.Votes[option] == nil) || v != "" && !near(v, got.Votes[option], tolerance) {
				t.Errorf("%s round %d: %s has %v, want %s", name, i+1, e.Options[option], got.Votes[option], v)
			}
		}
		for option, k := range w.keep {
			if !near(k, got.Keep[option], tolerance) {
				t.Errorf("%s round %d: %s keeps %v, want %s", name, i+1, e.Options[option], got.Keep[option], k)
			}
		}
	}
}

// TestMeekReference compares with what Droop 0.15 (github.com/jklundell/droop, test/ref/dump), by the
// author of the reference rule, prints for it: every round's quota, surplus, votes and keep values to
// the last of nine decimals. The first is the example of Voting matters, issue 12, "The computational
// accuracy using the Meek algorithm"; its options are named so that the tie in round 2, which Droop breaks by order, falls the same way.
func TestMeekReference(t *testing.T) {
	e, r := count(t, "5 3\n333 1 3 0\n333 1 4 0\n333 1 5 0\n333 2 3 0\n333 2 4 0\n333 2 5 0\n667 3 0\n667 4 0\n667 5 0\n1 1 2 3 0\n1 1 2 4 0\n2 2 1 3 0\n0\n\"A\" \"B\" \"Z\" \"X\" \"Y\"\n", Options{Rule: STV})
	compare(t, "Voting matters 12", e, r, []stage{
		{"1000.750000001", "0.499999998", "A B", "", []string{"1001", "1001", "667", "667", "667"}, []string{"1", "1", "1", "1", "1"}},
		{"1000.750000001", "0.000000250", "", "Z", []string{"1000.750000126", "1000.750000126", "667.166666686", "667.166666562", "667.166666500"}, []string{"0.999749750", "0.999749750"}},
		{"800.580647027", "0.023878817", "X", "", []string{"800.584418564", "800.584418564", "", "800.596982770", "800.556768208"}, []string{"0.799464312", "0.799464312"}},
	}, "0")
	if names(e, r.Winners) != "A B X" || len(r.Ties) != 1 || names(e, r.Ties[0].Options) != "X Y Z" {
		t.Error(names(e, r.Winners), r.Ties)
	}
	e, r = count(t, "3 2\n4 1 2 0\n2 3 0\n0\n\"Castor\"\n\"Pollux\"\n\"Helen\"\n", Options{Rule: STV})
	compare(t, "42", e, r, []stage{
		{"2.000000001", "1.999999999", "Castor", "", []string{"4", "0", "2"}, nil},
		{"2.000000001", "0.000000003", "", "Pollux", []string{"2.000000004", "1.999999996", "2"}, []string{"0.500000001"}},
	}, "0")
	e, r = count(t, "3 2\n5 1 2 0\n1 2 0\n3 3 0\n0\n\"Castor\"\n\"Pollux\"\n\"Helen\"\n", Options{Rule: STV})
	compare(t, "513", e, r, []stage{
		{"3.000000001", "1.999999999", "Castor", "", []string{"5", "1", "3"}, nil},
		{"3.000000001", "0.000000004", "", "Pollux", []string{"3.000000005", "2.999999995", "3"}, []string{"0.600000001"}},
	}, "0")
	if names(e, r.Winners) != "Castor Helen" {
		t.Error(names(e, r.Winners))
	}
}

// TestVegetables compares each round with the log of stv-rs, testdata/meek/vegetables.equalize.fixed9.log.
// That program rounds otherwise, so its last decimals differ: by up to 16 billionths.
func TestVegetables(t *testing.T) {
	e, r := count(t, vegetables, Options{Rule: STV})
	if names(e, r.Winners) != "Grape Hazelnut Jalapeno Eggplant" {
		t.Error(names(e, r.Winners))
	}
	compare(t, "vegetables", e, r, []stage{
		{"9.000000001", "3.999999999", "Grape", "", []string{"1", "", "5", "4", "5", "", "13", "8", "9"}, nil},
		{"8.630769232", "2.261538462", "Hazelnut Jalapeno", "", []string{"1", "", "5", "4", "5", "", "9.000000009", "10.153846149", "9"}, nil},
		{"8.416270386", "0.000000461", "", "Apple", []string{"2.832540310", "", "5", "4", "5", "", "8.416270460", "8.416270517", "8.416270642"}, nil},
		{"7.000000429", "0.000000854", "", "Date", []string{"", "", "5", "4", "5", "", "7.000000631", "7.000000712", "7.000000798"}, nil},
		{"7.000000429", "2.000000425", "Eggplant", "", []string{"", "", "5", "", "9", "", "7.000000631", "7.000000712", "7.000000798"}, nil},
	}, "0.000000020")
}

func TestReferendums(t *testing.T) {
	half, forty := big.NewRat(1, 2), big.NewRat(2, 5)
	e, r := count(t, brexit, Options{Rule: Single, Quorum: Quorum{Electorate: 46_500_001, Turnout: half, Majority: half}})
	turnout, _ := new(big.Rat).SetFrac64(r.Ballots, 46_500_001).Float64()
	if names(e, r.Winners) != "Leave" || r.Valid() != 33_551_983 || r.Spoiled != 25_359 || strconv.FormatFloat(100*turnout, 'f', 1, 64) != "72.2" {
		t.Errorf("%s, %d valid, turnout %.4f", names(e, r.Winners), r.Valid(), turnout)
	}
	e, r = count(t, scotland, Options{Rule: Single, Quorum: Quorum{Electorate: 3_747_112, Support: forty, Majority: half}})
	if len(r.Winners) != 0 || len(r.Missed) != 1 || r.Missed[0].Condition != "support" || e.Options[r.Missed[0].Option] != "Yes" || r.Missed[0].Reached.FloatString(3) != "0.329" {
		t.Errorf("%v %+v", r.Winners, r.Missed)
	}
}

// TestTokens is the example of P. Carleton, Quadratic voting (Observable, 2022): of ten voters with
// 100 tokens, three give all for T and seven a quarter each for A, B, C and D.
func TestTokens(t *testing.T) {
	e, r := count(t, "count,T,A,B,C,D\n3,10,,,,\n7,,5,5,5,5\n", Options{Rule: Quadratic})
	if told(e, r) != "A 35, B 35, C 35, D 35, T 30" || r.Spoiled != 0 || names(e, r.Winners) != "A" || len(r.Ties) != 1 || names(e, r.Ties[0].Options) != "A B C D" {
		t.Errorf("%s, %d spoiled, %v", told(e, r), r.Spoiled, r.Ties)
	}
}

// TestAwaji is a real election by quadratic vote: the 133 ballots, of 99 credits each, by which the audience of Beyond Conference 2025
// (Awaji, 26 April 2025) divided 250,000 yen among seven projects. The published count leaves out the votes against, four
// on three ballots; without them ours is the same to the last vote, so is how many voted for each, and so is the money.
func TestAwaji(t *testing.T) {
	text, err := os.ReadFile("testdata/awaji-2025.csv")
	if err != nil {
		t.Fatal(err)
	}
	cast := string(text)
	opt := Options{Rule: Quadratic, Credits: 99}
	csv := func(text string, opt Options) (*Election, *Result) {
		e, err := ReadCSV([]byte(text)) // its first name begins with #, as Preflib's files do
		if err != nil {
			t.Fatal(err)
		}
		r, err := Count(e, opt)
		if err != nil {
			t.Fatal(err)
		}
		return e, r
	}
	e, r := csv(cast, opt)
	if names(e, r.Winners) != "Chiba Youth Center PRISM" || r.Valid() != 133 || r.Spoiled != 0 ||
		told(e, r) != "Chiba Youth Center PRISM 477, Awaji Island Quest College 430, Bio Rice Field Project 413, Para Travel Support Team 373, Inatori Art Center Plan 337, JINEN TRAVEL 328, #vote_for Project 327" {
		t.Errorf("%s, %d valid, %d spoiled", told(e, r), r.Valid(), r.Spoiled)
	}

	published := []struct {
		votes, voters int64
		yen           string
	}{{327, 111, "30402"}, {430, 115, "39978"}, {337, 108, "31331"}, {330, 104, "30681"}, {415, 114, "38583"}, {373, 114, "34678"}, {477, 117, "44347"}}
	lines := strings.Split(strings.TrimSpace(cast), "\n")
	for i, line := range lines[1:] {
		votes := strings.Split(line, ",")
		for j, v := range votes {
			if strings.HasPrefix(v, "-") {
				votes[j] = "0"
			}
		}
		lines[i+1] = strings.Join(votes, ",")
	}
	e, r = csv(strings.Join(lines, "\n"), opt)
	sum := new(big.Rat)
	for _, c := range r.Tallies {
		sum.Add(sum, c.Votes)
	}
	for _, c := range r.Tallies {
		p := published[c.Option]
		yen := new(big.Rat).Mul(new(big.Rat).Quo(c.Votes, sum), big.NewRat(250_000, 1))
		if c.Votes.Cmp(big.NewRat(p.votes, 1)) != 0 || c.Backers != p.voters || yen.FloatString(0) != p.yen {
			t.Errorf("%s: %s votes of %d, %s yen; published %+v", e.Options[c.Option], c.Votes.RatString(), c.Backers, yen.FloatString(0), p)
		}
	}

	// The credits are those that were given: with one fewer, the 55 ballots that spent all are spoiled.
	if _, r = csv(cast, Options{Rule: Quadratic, Credits: 98}); r.Spoiled != 55 {
		t.Errorf("%d spoiled with 98 credits", r.Spoiled)
	}
}
