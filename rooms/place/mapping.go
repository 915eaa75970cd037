package place

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"skein/frame/civic"
)

// Mapping says how features or rows of somebody else's file become places. Its texts are
// patterns: "{WARD}" stands for that property or column, "{WARD:02}" for it with zeros in front
// up to two digits; the rest stands for itself. In codes what is put in is
// first made to fit: "Jamaica Plain" becomes "jamaica-plain".
type Mapping struct {
	Code   string            `json:"code" yaml:"code"`
	Titles map[string]string `json:"titles" yaml:"titles"` // by language tag
	Kind   Kind              `json:"kind" yaml:"kind"`
	Parent string            `json:"parent,omitempty" yaml:"parent,omitempty"`
	Rank   int               `json:"rank,omitempty" yaml:"rank,omitempty"`
}

var hole = regexp.MustCompile(`\{([^{}:]+)(?::(0[1-9]))?\}`)

// Properties lists what a mapping's patterns ask for.
func (m Mapping) Properties() []string {
	patterns := []string{m.Code, string(m.Kind), m.Parent}
	for _, p := range m.Titles {
		patterns = append(patterns, p)
	}
	var names []string
	for _, p := range patterns {
		for _, found := range hole.FindAllStringSubmatch(p, -1) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// check refuses a mapping that can make no places.
func (m Mapping) check() (reasons civic.Refusals) {
	if m.Code == "" {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "place.mapping_code").In("mapping.code"))
	}
	if m.Kind == "" {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "place.mapping_kind").In("mapping.kind"))
	}
	if len(m.Titles) == 0 {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "place.mapping_titles").In("mapping.titles"))
	}
	return reasons
}

// place makes one place; at names the feature or row.
func (m Mapping) place(at string, properties map[string]string) (Found, civic.Refusals) {
	var reasons civic.Refusals
	missing := map[string]bool{}
	fill := func(pattern string, fit func(string) string) string {
		return hole.ReplaceAllStringFunc(pattern, func(found string) string {
			parts := hole.FindStringSubmatch(found)
			value := strings.TrimSpace(properties[parts[1]])
			if value == "" && !missing[parts[1]] {
				missing[parts[1]] = true
				reasons = append(reasons, civic.Refuse(civic.Invalid, "place.property_missing", "where", at, "property", clip(parts[1])).
					In(within(at, clip(parts[1]))))
			}
			if width, err := strconv.Atoi(parts[2]); err == nil && len(value) < width {
				value = strings.Repeat("0", width-len(value)) + value
			}
			return fit(value)
		})
	}
	plain := func(s string) string { return s }
	f := Found{
		Place: civic.PlaceID(fill(m.Code, slug)), Kind: Kind(fill(string(m.Kind), slug)), Rank: m.Rank,
		Titles: Titles{}, Parent: civic.PlaceID(fill(m.Parent, slug)), Source: at,
	}
	for lang, pattern := range m.Titles {
		f.Titles[lang] = fill(pattern, plain)
	}
	return f, reasons
}

// slug makes a text fit for a code: small ASCII letters and digits, anything else a single dash.
func slug(text string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(text) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' {
			b.WriteRune(c)
		} else if s := b.String(); s != "" && s[len(s)-1] != '-' {
			b.WriteByte('-')
		}
	}
	return strings.TrimRight(b.String(), "-")
}
