package shares

import "testing"

func BenchmarkShare(b *testing.B) {
	for _, size := range []struct {
		name                       string
		projects, ballots, longest int
		budget                     int64
	}{{"160x90494", 160, 90_494, 8, 25_000_000}, {"25x2400", 25, 2400, 22, 800_000}} {
		in := Generate(1, size.projects, size.ballots, size.longest, size.budget)
		for _, name := range []string{"greedy_cost", "mes_cost", "mes_card", "mes_cost_add1", "mes_card_add1", "seq_phragmen"} {
			b.Run(size.name+"/"+name, func(b *testing.B) {
				var added int64
				for b.Loop() {
					o, err := Share(in, options(name))
					if err != nil {
						b.Fatal(err)
					}
					added = o.Added()
				}
				b.ReportMetric(float64(added), "rounds")
				e, _ := prepare(in, CostUtility)
				b.ReportMetric(float64(len(e.votes)), "kinds")
			})
		}
	}
}

func BenchmarkParse(b *testing.B) {
	text := Generate(1, 160, 90_494, 8, 25_000_000).Write()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAccount(b *testing.B) {
	in := Generate(1, 160, 90_494, 8, 25_000_000)
	for _, name := range []string{"greedy_cost", "mes_cost", "mes_card_u", "seq_phragmen"} {
		o, err := Share(in, options(name))
		if err != nil {
			b.Fatal(err)
		}
		b.Run("who paid/"+name, func(b *testing.B) {
			for b.Loop() {
				o.Account()
			}
		})
		b.Run("what losers lacked/"+name, func(b *testing.B) {
			for b.Loop() {
				o.Losers()
			}
		})
		b.Run("representation/"+name, func(b *testing.B) {
			for b.Loop() {
				o.Neglected()
			}
		})
	}
}
