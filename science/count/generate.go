package count

import "fmt"

// Generate makes approval ballots for trials, as a CSV table: every option is approved with
// its own likelihood. It depends on the seed alone.
func Generate(seed uint64, options, ballots int) []byte {
	var text []byte
	limit := make([]uint64, options)
	for i := range limit {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, "option %d", i+1)
		limit[i] = next(&seed) >> 1 // at most a half
	}
	text = append(text, '\n')
	for range ballots {
		for i := range limit {
			if i > 0 {
				text = append(text, ',')
			}
			if next(&seed) < limit[i] {
				text = append(text, '1')
			} else {
				text = append(text, '0')
			}
		}
		text = append(text, '\n')
	}
	return text
}

// next is SplitMix64 (Steele, Lea, Flood 2014).
func next(state *uint64) uint64 {
	*state += 0x9e3779b97f4a7c15
	z := *state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
