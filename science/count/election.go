package count

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"skein/frame/civic"
)

// Bounds of what the readers take.
const (
	maxBytes   = 1 << 30
	maxOptions = 2000
	maxBallots = 1_000_000_000_000 // all counts together
	maxMark    = 1_000_000         // of one ballot for one option
	maxReasons = 50
)

// Election is what can be chosen, and the ballots.
type Election struct {
	Title     string
	Seats     int // as the file states, 0 where it does not
	Options   []string
	Withdrawn []bool // options that take no part
	Ballots   []Ballot
	// Ranked says that marks are ranks by the form of the file. A table of numbers can be read either way.
	Ranked bool
}

// Ballot is Count equal ballots.
type Ballot struct {
	Count int64
	Marks []Mark // options that are marked, each once
}

// Mark is what a ballot gives an option.
type Mark struct {
	Option int32
	Value  int32
}

// ranking is a ballot's options in groups, the best first.
type ranking struct {
	count  int64
	groups [][]int32
}

// rankings are the ballots as rankings of the options that take part, equal ones merged.
// Blank ballots and ballots with a rank below 1 are counted apart.
func (e *Election) rankings() (all []ranking, blank, spoiled int64) {
	place := map[string]int{}
	var marks []Mark
	var key []byte
	for _, b := range e.Ballots {
		marks = marks[:0]
		sound := true
		for _, m := range b.Marks {
			sound = sound && m.Value >= 0
			if m.Value > 0 && !e.Withdrawn[m.Option] {
				marks = append(marks, m)
			}
		}
		switch {
		case !sound:
			spoiled += b.Count
			continue
		case len(marks) == 0:
			blank += b.Count
			continue
		}
		slices.SortFunc(marks, func(a, b Mark) int {
			if a.Value != b.Value {
				return int(a.Value) - int(b.Value)
			}
			return int(a.Option) - int(b.Option)
		})
		key = key[:0]
		for i, m := range marks {
			option := uint32(m.Option) << 1
			if i > 0 && m.Value == marks[i-1].Value {
				option |= 1
			}
			key = binary.LittleEndian.AppendUint32(key, option)
		}
		if at, known := place[string(key)]; known {
			all[at].count += b.Count
			continue
		}
		place[string(key)] = len(all)
		r := ranking{count: b.Count}
		for i, m := range marks {
			if i > 0 && m.Value == marks[i-1].Value {
				last := len(r.groups) - 1
				r.groups[last] = append(r.groups[last], m.Option)
			} else {
				r.groups = append(r.groups, []int32{m.Option})
			}
		}
		all = append(all, r)
	}
	return all, blank, spoiled
}

// standing are the options that take part, in the order of their names as text.
func (e *Election) standing() []int {
	var out []int
	for i := range e.Options {
		if !e.Withdrawn[i] {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return strings.Compare(e.Options[a], e.Options[b]) })
	return out
}

// reader gathers an election and what is wrong with its file.
type reader struct {
	e       *Election
	refused civic.Refusals
	line    int
	total   int64
	stopped bool
	index   map[string]int32
}

func newReader() *reader { return &reader{e: &Election{}, index: map[string]int32{}} }

func (r *reader) refuse(key string, args ...any) {
	if r.stopped {
		return
	}
	r.refused = append(r.refused, civic.Refuse(civic.Invalid, key, append(args, "line", r.line)...))
	r.stopped = len(r.refused) >= maxReasons
}

// option adds an option; names are what tells options apart.
func (r *reader) option(name string) {
	switch first, twice := r.index[name]; {
	case name == "":
		r.refuse("count.option_empty")
	case twice:
		r.refuse("count.option_twice", "option", shorten(name), "first", int(first)+1)
	case len(r.e.Options) >= maxOptions:
		r.refuse("count.options_many", "most", maxOptions)
		r.stopped = true
	default:
		r.index[name] = int32(len(r.e.Options))
		r.e.Options = append(r.e.Options, name)
	}
}

// times reads how often a ballot was cast.
func (r *reader) times(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxBallots-r.total {
		r.refuse("count.times", "found", shorten(text))
		return 0, false
	}
	return n, true
}

// ballot adds a ballot, refusing an option that is marked twice.
func (r *reader) ballot(n int64, marks []Mark) {
	seen := make(map[int32]bool, len(marks))
	for _, m := range marks {
		if seen[m.Option] {
			r.refuse("count.marked_twice", "option", shorten(r.name(m.Option)))
			return
		}
		seen[m.Option] = true
	}
	r.total += n
	r.e.Ballots = append(r.e.Ballots, Ballot{n, marks})
}

// name is an option's, or its number while names are not read yet.
func (r *reader) name(option int32) string {
	if int(option) < len(r.e.Options) {
		return r.e.Options[option]
	}
	return strconv.Itoa(int(option) + 1)
}

func (r *reader) done() (*Election, error) {
	if len(r.refused) > 0 {
		return nil, r.refused
	}
	if r.e.Withdrawn == nil {
		r.e.Withdrawn = make([]bool, len(r.e.Options))
	}
	return r.e, nil
}

// check refuses a text that cannot be read at all.
func check(text []byte) error {
	if len(text) > maxBytes {
		return civic.Refusals{civic.Refuse(civic.TooLarge, "count.bytes", "bytes", len(text), "most", maxBytes)}
	}
	if utf8.Valid(text) {
		return nil
	}
	line := 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		text = text[size:]
	}
	return civic.Refusals{civic.Refuse(civic.Invalid, "count.utf8", "line", line)}
}

// shorten keeps what a text says about itself short and whole.
func shorten(s string) string {
	if len(s) <= 60 {
		return s
	}
	cut := 60
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
