package count

import (
	"strconv"
	"strings"
)

// ReadPrefLib reads the orders of PrefLib (preflib.org/format): soc, soi, toc and toi,
// complete or not, with or without ties, in the form with # lines and in the older one
// without. It returns civic.Refusals naming the line.
func ReadPrefLib(text []byte) (*Election, error) {
	if err := check(text); err != nil {
		return nil, err
	}
	p := &preflib{reader: newReader(), options: -1, voters: -1}
	p.e.Ranked = true
	p.read(strings.TrimPrefix(string(text), "\ufeff"))
	return p.done()
}

type preflib struct {
	*reader
	options int   // as stated, -1 when not yet
	voters  int64 // as stated, -1 when not
	at      int   // line that states it
}

func (p *preflib) read(text string) {
	modern := strings.HasPrefix(strings.TrimSpace(text), "#")
	header := true
	for line := range strings.Lines(text) {
		p.line++
		line = strings.TrimSpace(line)
		switch {
		case p.stopped:
			return
		case line == "":
		case strings.HasPrefix(line, "#"):
			p.comment(strings.TrimSpace(strings.TrimPrefix(line, "#")))
		case !modern && p.options < 0:
			p.options = p.stated(line)
		case !modern && len(p.e.Options) < p.options:
			number, name, _ := strings.Cut(line, ",")
			p.named(number, name)
		case !modern && header:
			header = false
			voters, _, _ := strings.Cut(line, ",")
			p.voters, p.at = int64(p.stated(voters)), p.line
		default:
			separator := ":"
			if !modern {
				separator = ","
			}
			times, order, _ := strings.Cut(line, separator)
			p.order(strings.TrimSpace(times), order)
		}
	}
	if p.options >= 0 && p.options != len(p.e.Options) || len(p.e.Options) == 0 {
		p.refuse("count.preflib_names", "stated", max(p.options, 0), "options", len(p.e.Options))
	}
	if p.voters >= 0 && p.voters != p.total {
		p.line = p.at
		p.refuse("count.preflib_voters", "stated", p.voters, "ballots", p.total)
	}
}

func (p *preflib) stated(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		p.refuse("count.times", "found", shorten(text))
		p.stopped = true
		return 0
	}
	return n
}

func (p *preflib) comment(line string) {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch number, named := strings.CutPrefix(key, "ALTERNATIVE NAME "); {
	case named:
		p.named(number, value)
	case key == "TITLE":
		p.e.Title = value
	case key == "NUMBER ALTERNATIVES":
		p.options = p.stated(value)
	case key == "NUMBER VOTERS":
		p.voters, p.at = int64(p.stated(value)), p.line
	}
}

// name reads an alternative's name; they are numbered from 1.
func (p *preflib) named(number, name string) {
	if n, err := strconv.Atoi(strings.TrimSpace(number)); err != nil || n != len(p.e.Options)+1 {
		p.refuse("count.preflib_number", "expected", len(p.e.Options)+1, "found", shorten(number))
		p.stopped = true
		return
	}
	p.option(strings.TrimSpace(name))
}

// order reads "1,2,{3,4}".
func (p *preflib) order(times, order string) {
	n, ok := p.times(times)
	if !ok {
		return
	}
	var marks []Mark
	rank, inside := int32(0), false
	for item := range strings.SplitSeq(order, ",") {
		item = strings.TrimSpace(item)
		rest, opens := strings.CutPrefix(item, "{")
		rest, closes := strings.CutSuffix(rest, "}")
		if opens && inside || closes && !opens && !inside {
			p.refuse("count.preflib_braces")
			return
		}
		if !inside {
			rank++
		}
		inside = (inside || opens) && !closes
		rest = strings.TrimSpace(rest)
		if rest == "" { // an empty group, or an order that ends with a comma
			continue
		}
		option, err := strconv.Atoi(rest)
		if err != nil || option < 1 || option > len(p.e.Options) {
			p.refuse("count.option_unknown", "option", shorten(rest))
			return
		}
		marks = append(marks, Mark{int32(option - 1), rank})
	}
	if inside {
		p.refuse("count.preflib_braces")
		return
	}
	p.ballot(n, marks)
}
