package records

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"skein/frame/civic"
	"skein/rooms/matter"
)

// Mapping says how the columns of an export become records.
type Mapping struct {
	// Name names the source: ids of its records are unique within it, over all its files.
	Name string `yaml:"name"`
	// Zone is the IANA time zone of times without an offset.
	Zone string `yaml:"zone"`
	// Encoding is utf-8 (the default), utf-16, windows-1252 or gb18030; Delimiter a comma if empty.
	Encoding  string `yaml:"encoding"`
	Delimiter string `yaml:"delimiter"`
	// Blank are cells that say nothing, such as "NULL"; an empty cell always does.
	Blank []string `yaml:"blank"`
	// Nowhere are points, latitude and longitude, that stand for an address that was not found.
	Nowhere [][2]float64 `yaml:"nowhere"`
	// Visibility of all records; empty takes what each category says.
	Visibility matter.Visibility `yaml:"visibility"`

	External Field `yaml:"external"`
	Reported Field `yaml:"reported"`
	Closed   Field `yaml:"closed"`
	Target   Field `yaml:"target"` // the due time that the source set
	Category Field `yaml:"category"`
	Kind     Field `yaml:"kind"`
	Place    Field `yaml:"place"`
	Lat      Field `yaml:"lat"`
	Lon      Field `yaml:"lon"`
	Address  Field `yaml:"address"` // to the vault
	Text     Field `yaml:"text"`    // to the vault, not released
	Lead     Field `yaml:"lead"`
	Channel  Field `yaml:"channel"`
	Status   Field `yaml:"status"` // open, closed or declined; without it what has a closing time is closed
	Outcome  Field `yaml:"outcome"`

	zone *time.Location
}

// Field says where a value stands and what becomes of it.
type Field struct {
	Column  string   `yaml:"column"`
	Columns []string `yaml:"columns"`
	Join    string   `yaml:"join"`  // between several columns; a space if empty
	Strip   []string `yaml:"strip"` // taken off the front of each
	// Map is from what stands there to our code; "" is nothing. Code is a pattern of columns,
	// each made fit for a code: "{reason}.{type}", "ward-{ward:02}". Otherwise is for what neither has.
	Map       map[string]string `yaml:"map"`
	Code      string            `yaml:"code"`
	Otherwise string            `yaml:"otherwise"`
	// Formats of a time, tried in turn: rfc3339, unix, unix_ms, or a pattern of Unicode's TR 35 such as "yyyy-MM-dd HH:mm:ss".
	Formats []string `yaml:"formats"`

	layouts []string
}

var fieldNames = []string{"column", "columns", "join", "strip", "map", "code", "otherwise", "formats"}

// UnmarshalYAML also takes the name of a column alone.
func (f *Field) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Column = n.Value
		return nil
	}
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			if !slices.Contains(fieldNames, n.Content[i].Value) {
				return fmt.Errorf("line %d: field %s not found", n.Content[i].Line, n.Content[i].Value)
			}
		}
	}
	type plain Field
	return n.Decode((*plain)(f))
}

// Given reports whether the mapping says anything of the field.
func (f *Field) Given() bool {
	return f.Column != "" || len(f.Columns) > 0 || f.Code != "" || f.Otherwise != ""
}

// columns lists the columns the field is made of, those of its pattern too.
func (f *Field) columns() []string {
	var out []string
	if f.Column != "" {
		out = append(out, f.Column)
	}
	out = append(out, f.Columns...)
	for _, m := range hole.FindAllStringSubmatch(f.Code, -1) {
		out = append(out, m[1])
	}
	return out
}

var hole = regexp.MustCompile(`\{([^{}:]+)(?::(0[1-9]))?\}`)

// mostBytes bounds a mapping file.
const mostBytes = 4 << 20

// encodings are those that a file may be in.
var encodings = []string{"utf-8", "utf-16", "windows-1252", "gb18030"}

// ParseMapping reads a mapping and refuses it with every reason, each naming the field.
func ParseMapping(data []byte) (*Mapping, civic.Refusals) {
	if len(data) > mostBytes {
		return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "records.mapping_large", "most", mostBytes)}
	}
	m := &Mapping{}
	if err := decode(data, m); err != nil {
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "records.mapping_yaml", "cause", strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	var reasons civic.Refusals
	refuse := func(field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(civic.Invalid, key, args...).In(field))
	}
	if strings.TrimSpace(m.Name) == "" || len(m.Name) > 100 || !inert(m.Name) {
		refuse("name", "records.mapping_name")
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil || m.Zone == "" || m.Zone == "Local" {
		refuse("zone", "records.mapping_zone", "zone", clip(m.Zone))
		zone = time.UTC
	}
	m.zone = zone
	if m.Encoding == "" {
		m.Encoding = "utf-8"
	}
	if m.Encoding = strings.ToLower(m.Encoding); !slices.Contains(encodings, m.Encoding) {
		refuse("encoding", "records.mapping_encoding", "encoding", clip(m.Encoding), "encodings", strings.Join(encodings, ", "))
	}
	if m.Delimiter == "" {
		m.Delimiter = ","
	}
	if len(m.Delimiter) != 1 || strings.ContainsAny(m.Delimiter, "\"\r\n") || m.Delimiter[0] >= 0x80 {
		refuse("delimiter", "records.mapping_delimiter")
	}
	if v := m.Visibility; v != "" && v != matter.Public && v != matter.Blurred && v != matter.Private {
		refuse("visibility", "records.mapping_visibility", "value", clip(string(v)))
	}
	for _, f := range m.fields() {
		if f.Column != "" && len(f.Columns) > 0 {
			refuse(f.name, "records.mapping_both")
		}
		if f.when {
			if f.Map != nil || f.Code != "" || f.Otherwise != "" || len(f.Columns) > 1 {
				refuse(f.name, "records.mapping_when")
			}
			if f.Given() && len(f.Formats) == 0 {
				refuse(f.name+".formats", "records.mapping_formats")
			}
			for _, pattern := range f.Formats {
				layout, ok := layoutOf(pattern)
				if !ok {
					refuse(f.name+".formats", "records.mapping_format", "value", clip(pattern))
				}
				f.layouts = append(f.layouts, layout)
			}
		} else if len(f.Formats) > 0 {
			refuse(f.name+".formats", "records.mapping_no_time")
		}
		if f.needed && !f.Given() {
			refuse(f.name, "records.mapping_field", "field", f.name)
		}
	}
	if m.Lat.Given() != m.Lon.Given() {
		refuse("lat", "records.mapping_half")
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	return m, nil
}

type named struct {
	*Field
	name         string
	when, needed bool
}

func (m *Mapping) fields() []named {
	return []named{
		{&m.External, "external", false, false}, {&m.Reported, "reported", true, true}, {&m.Closed, "closed", true, false},
		{&m.Target, "target", true, false}, {&m.Category, "category", false, true}, {&m.Kind, "kind", false, false},
		{&m.Place, "place", false, false}, {&m.Lat, "lat", false, false}, {&m.Lon, "lon", false, false},
		{&m.Address, "address", false, false}, {&m.Text, "text", false, false}, {&m.Lead, "lead", false, false},
		{&m.Channel, "channel", false, false}, {&m.Status, "status", false, false}, {&m.Outcome, "outcome", false, false},
	}
}

// decode turns what the YAML parser panics with into an error.
func decode(data []byte, m *Mapping) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(m); errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	} else if err != nil {
		return err
	}
	return nil
}

// tokens are the letters of TR 35 that are understood, longest first, and what package time calls them.
var tokens = []struct{ letters, layout string }{
	{"yyyy", "2006"}, {"MMMM", "January"}, {"EEEE", "Monday"}, {"XXX", "Z07:00"}, {"MMM", "Jan"}, {"EEE", "Mon"}, {"SSS", "000"},
	{"yy", "06"}, {"MM", "01"}, {"dd", "02"}, {"HH", "15"}, {"hh", "03"}, {"mm", "04"}, {"ss", "05"}, {"XX", "Z0700"}, {"X", "Z07"},
	{"M", "1"}, {"d", "2"}, {"h", "3"}, {"m", "4"}, {"s", "5"}, {"a", "PM"}, {"S", "0"},
}

// layoutOf turns a pattern into a layout of package time; "unix" and "unix_ms" stay.
func layoutOf(pattern string) (string, bool) {
	switch pattern {
	case "unix", "unix_ms":
		return pattern, true
	case "rfc3339":
		return time.RFC3339Nano, true
	}
	var b strings.Builder
	date := false
next:
	for rest := pattern; rest != ""; {
		if rest[0] == '\'' { // a text in quotes stands for itself
			end := strings.IndexByte(rest[1:], '\'')
			if end < 0 || strings.ContainsAny(rest[1:1+end], "0123456789") {
				return "", false
			}
			b.WriteString(rest[1 : 1+end])
			rest = rest[end+2:]
			continue
		}
		for _, t := range tokens {
			if after, ok := strings.CutPrefix(rest, t.letters); ok {
				b.WriteString(t.layout)
				date = date || t.letters[0] == 'y'
				rest = after
				continue next
			}
		}
		if c := rest[0]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return "", false
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	return b.String(), date
}

// instant reads a time; one without an offset is of the mapping's zone. An hour that comes
// twice is read as its first coming. A day without an hour is its first moment, or with end its last.
func (m *Mapping) instant(f *Field, text string, end bool) (civic.Instant, bool) {
	for _, layout := range f.layouts {
		if layout == "unix" || layout == "unix_ms" {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < -1<<40 || n > 1<<43 {
				continue
			}
			if layout == "unix" {
				n *= 1000
			}
			return plausible(time.UnixMilli(n))
		}
		t, err := time.ParseInLocation(layout, text, m.zone)
		if err != nil {
			continue
		}
		if end && !strings.Contains(layout, "15") && !strings.Contains(layout, "3") {
			t = t.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		if before := t.Add(-time.Hour); t.Location() == m.zone && before.Format("15:04") == t.Format("15:04") {
			t = before
		}
		return plausible(t)
	}
	return 0, false
}

// plausible refuses times of a typing mistake.
func plausible(t time.Time) (civic.Instant, bool) {
	if t.Year() < 1900 || t.Year() > 2200 {
		return 0, false
	}
	return civic.At(t), true
}
