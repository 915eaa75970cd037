package shares_test

import (
	"fmt"
	"os"

	"skein/science/shares"
)

// The worked example of docs/science/shares.md.
func ExampleShare() {
	text, err := os.ReadFile("testdata/playground.pb")
	if err != nil {
		panic(err)
	}
	in, err := shares.Parse(text)
	if err != nil {
		panic(err)
	}
	o, err := shares.Share(in, shares.Options{Rule: shares.Mes, Utility: shares.CostUtility, Completion: shares.Add1U})
	if err != nil {
		panic(err)
	}
	fmt.Printf("shares of %s, %s of them added\n", o.Share().FloatString(2), in.Money(o.Added()))
	for i, a := range o.Account() {
		fmt.Printf("%s for %s\n", in.Name(a.Project), in.Money(o.Winners[i].Cost))
		for _, p := range a.Paid {
			fmt.Printf("  %d voters pay %s each\n", p.Voters, p.Each.FloatString(2))
		}
	}
	for _, l := range o.Losers() {
		fmt.Printf("%s would have been funded at %s\n", in.Name(l.Project), in.Money(l.EnoughCost))
	}
	// Output:
	// shares of 9667.31, 1975 of them added
	// Trees in Mill Street for 30000
	//   7 voters pay 4285.71 each
	// Paint for the school for 10000
	//   6 voters pay 1666.67 each
	// Basketball court for 45000
	//   3 voters pay 9666.24 each
	//   2 voters pay 8000.64 each
	// Playground would have been funded at 24527
	// Benches by the river would have been funded at 28304
	// Roof for the market would have been funded at 15000
}
