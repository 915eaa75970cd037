package place

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"skein/frame/civic"
	"skein/frame/search"
	"skein/frame/sheet"
)

// Address is what is written on a door or a sign, and where that is. Addresses are public: an operator imports them from an
// open register (docs/operate.md); who lives there nobody here knows.
type Address struct {
	Text string
	// Also is another way it is written: in another script, or by an older name.
	Also string
	Zip  string
	At   Spot
	// Whole says that it is a whole street, and the spot its middle.
	Whole bool
}

// String is an address in one line.
func (a Address) String() string {
	if a.Zip == "" {
		return a.Text
	}
	return a.Text + ", " + a.Zip
}

const (
	mostAddresses = 500_000
	mostAddress   = 200 // characters
	mostZip       = 16
)

var addressShape = sheet.Shape{
	Columns:  []string{"address", "longitude", "latitude", "zip", "also", "whole"},
	Required: []string{"address", "longitude", "latitude"},
	MostRows: mostAddresses, MostBytes: 128 << 20,
}

// ReadAddresses reads a CSV table of addresses: address, longitude and latitude in degrees (WGS 84), and if it has them zip, also
// (another way it is written) and whole ("yes" for a whole street). It is taken whole or refused, each row with its sentence. A point outside
// the realm is refused: in most files that have one, longitude and latitude are swapped.
func ReadAddresses(data []byte, c *Catalog) ([]Address, civic.Refusals) {
	table, reasons := sheet.Read(sheet.CSV, data, addressShape)
	out := make([]Address, 0, len(table.Rows))
	rows := make(map[string]int, len(table.Rows))
	root, _ := c.Root()
	bounded := c.Area(root) != nil
	for _, row := range table.Rows {
		a := Address{Text: row.Cells["address"], Also: row.Cells["also"], Zip: row.Cells["zip"]}
		degrees := func(column string, most float64) int64 {
			d, err := strconv.ParseFloat(row.Cells[column], 64)
			if err != nil || !(d >= -most && d <= most) {
				reasons = append(reasons, row.Refuse(column, "place.address_degrees", "value", clip(row.Cells[column]), "most", int(most)))
				return 0
			}
			return int64(math.Round(d * 1e6))
		}
		before := len(reasons)
		a.At = Spot{Lat: degrees("latitude", 90), Lon: degrees("longitude", 180)}
		for _, x := range []struct {
			column, value string
			most          int
		}{{"address", a.Text, mostAddress}, {"also", a.Also, mostAddress}, {"zip", a.Zip, mostZip}} {
			if n := len([]rune(x.value)); n > x.most {
				reasons = append(reasons, row.Refuse(x.column, "place.address_long", "count", n, "most", x.most))
			}
		}
		if !strings.ContainsFunc(a.Text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			reasons = append(reasons, row.Refuse("address", "place.address_missing"))
		}
		switch row.Cells["whole"] {
		case "yes":
			a.Whole = true
		case "", "no":
		default:
			reasons = append(reasons, row.Refuse("whole", "place.address_whole", "value", clip(row.Cells["whole"])))
		}
		if first, twice := rows[a.String()]; twice {
			reasons = append(reasons, row.Refuse("address", "place.address_twice", "address", clip(a.String()), "other", first))
		}
		rows[a.String()] = row.Line
		if len(reasons) == before && bounded && len(c.Holding(float64(a.At.Lat)/1e6, float64(a.At.Lon)/1e6)) == 0 {
			reasons = append(reasons, row.Refuse("longitude", "place.address_outside", "address", clip(a.String())))
		}
		out = append(out, a)
	}
	if len(out) == 0 && len(reasons) == 0 {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "place.addresses_empty"))
	}
	if len(reasons) > 0 {
		return nil, sheet.Limit(reasons)
	}
	return out, nil
}

// Gazetteer is a realm's addresses in memory, at one version. It is never changed; nil is one without any.
type Gazetteer struct {
	Version int64
	all     []Address
	words   *search.Words
}

// NewGazetteer makes one.
func NewGazetteer(version int64, all []Address) *Gazetteer {
	return &Gazetteer{version, all, search.NewWords(len(all), func(i int) []string { return all[i].spelt() })}
}

// Len is how many addresses there are.
func (g *Gazetteer) Len() int {
	if g == nil {
		return 0
	}
	return len(g.all)
}

// FoundAddress is an address that was found, and the key by which the same version gives it again.
type FoundAddress struct {
	Address
	Key string
}

// Find gives the addresses that have all words of a text, at most so many, those first that say little besides. Where no address has the
// number of a house, all that have the rest; near says so.
func (g *Gazetteer) Find(text string, most int) (found []FoundAddress, near bool) {
	if g == nil {
		return nil, false
	}
	ids, all := g.words.Find(said(text), most)
	for _, i := range ids {
		found = append(found, FoundAddress{g.all[i], fmt.Sprintf("%d.%d", g.Version, i)})
	}
	return found, !all
}

// One gives an address by its key; false where it is of another version, or none.
func (g *Gazetteer) One(key string) (Address, bool) {
	version, n, _ := strings.Cut(key, ".")
	i, err := strconv.Atoi(n)
	if g == nil || err != nil || version != strconv.FormatInt(g.Version, 10) || i < 0 || i >= len(g.all) {
		return Address{}, false
	}
	return g.all[i], true
}

// Exactly gives the one address that a text is, word for word; false where it is none, or may be one of several, or a whole street.
func (g *Gazetteer) Exactly(text string) (Address, bool) {
	if g == nil {
		return Address{}, false
	}
	meant := plain(text)
	ids, all := g.words.Find(meant, mostMeant)
	if !all || meant == "" || len(ids) == mostMeant {
		return Address{}, false
	}
	var is []Address
	for _, i := range ids {
		a := g.all[i]
		for _, s := range []string{a.Text, a.Also} {
			if s != "" && (plain(s) == meant || a.Zip != "" && plain(s+" "+a.Zip) == meant) {
				is = append(is, a)
				break
			}
		}
	}
	if len(is) != 1 || is[0].Whole {
		return Address{}, false
	}
	return is[0], true
}

// mostMeant bounds how many addresses a text is held against.
const mostMeant = 200

// spelt are the ways in which an address is looked for.
func (a Address) spelt() []string {
	out := []string{a.Text}
	for _, s := range []string{a.Also, a.Zip} {
		if s != "" {
			out = append(out, s)
		}
	}
	for _, w := range worded(a.Text + " " + a.Also) {
		out = append(out, otherForms[w]...)
	}
	return out
}

// plain is a text without what does not tell addresses apart: the kind of a street in its short form where it ends the street's name, so that
// East Street is not E Street, nor St Mary a street.
func plain(text string) string {
	all := worded(strings.NewReplacer("&", " and ", "/", " and ", ",", " and ").Replace(text))
	for i, w := range all {
		ends := i+1 == len(all) || saysNothing[all[i+1]] || unicode.IsDigit([]rune(all[i+1])[0])
		if i > 0 && ends {
			all[i] = cmp.Or(shortKind[w], w)
		}
	}
	return strings.Join(slices.DeleteFunc(all, func(w string) bool { return saysNothing[w] }), " ")
}

// said is what somebody looks for, without words that stand in no list: "corner of Hanover and Salem".
func said(text string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(text), func(w string) bool { return saysNothing[strings.ToLower(w)] }), " ")
}

var saysNothing = map[string]bool{"and": true, "at": true, "of": true, "corner": true, "the": true, "intersection": true}

// worded are the words of a text, in small letters.
func worded(text string) []string {
	return strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Words of streets have short forms. Those of English are the commonest of USPS Publication 28, appendices B and C1.
var (
	shortKind = map[string]string{
		"street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "terrace": "ter",
		"boulevard": "blvd", "parkway": "pkwy", "highway": "hwy", "circle": "cir",
	}
	shortForm  = map[string]string{"park": "pk", "north": "n", "south": "s", "east": "e", "west": "w", "saint": "st"}
	otherForms = func() map[string][]string {
		out := map[string][]string{}
		for _, forms := range []map[string]string{shortKind, shortForm} {
			for long, short := range forms {
				out[long] = append(out[long], short)
				out[short] = append(out[short], long)
			}
		}
		for _, all := range out {
			slices.Sort(all)
		}
		return out
	}()
)
