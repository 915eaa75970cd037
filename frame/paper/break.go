package paper

import (
	"strings"

	"github.com/rivo/uniseg"
)

// run is a piece of a line.
type run struct {
	text, href string
}

// lines breaks spans into lines no wider than most, where Unicode (UAX #14) allows a break: between Chinese characters, but not
// before a full stop; and within a word only where it is wider than a line by itself.
func lines(spans []Span, most float64, width func(string) float64) (out [][]run) {
	var line []run
	var used float64
	end := func() {
		if n := len(line); n > 0 {
			line[n-1].text = strings.TrimRight(line[n-1].text, " ")
		}
		out, line, used = append(out, line), nil, 0
	}
	add := func(text, href string, w float64) {
		if n := len(line); n > 0 && line[n-1].href == href {
			line[n-1].text += text
		} else {
			line = append(line, run{text, href})
		}
		used += w
	}
	for _, s := range spans {
		rest, state := s.Text, -1
		for rest != "" {
			var piece string
			var must bool
			piece, rest, must, state = uniseg.FirstLineSegmentInString(rest, state)
			breaks := must && strings.HasSuffix(piece, "\n")
			piece = strings.TrimRight(piece, "\n")
			bare := width(strings.TrimRight(piece, " "))
			if used > 0 && used+bare > most {
				end()
			}
			for bare > most { // wider than a line: cut between characters
				fits := 0
				for i, r := range piece {
					if i > 0 && width(piece[:i+len(string(r))]) > most {
						break
					}
					fits = i + len(string(r))
				}
				add(piece[:fits], s.Href, most)
				end()
				piece = piece[fits:]
				bare = width(piece)
			}
			if piece != "" {
				add(piece, s.Href, width(piece))
			}
			if breaks {
				end()
			}
		}
	}
	if len(line) > 0 || len(out) == 0 {
		end()
	}
	return out
}

// widest is the width of the widest piece that is not broken.
func widest(text string, width func(string) float64) (most float64) {
	for state := -1; text != ""; {
		var piece string
		piece, text, _, state = uniseg.FirstLineSegmentInString(text, state)
		most = max(most, width(strings.TrimRight(piece, " \n")))
	}
	return most
}
