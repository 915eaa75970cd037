// Package words puts message keys into the reader's language. Every package keeps its own
// messages.en.json and messages.zh-Hans.json (a flat object: key → text with {name}
// placeholders); a fence holds that no language lacks a key.
package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/text/language"

	"skein/frame/calendar"
	"skein/frame/civic"
)

// Languages are those Skein ships, the first is the one it falls back to.
var Languages = []string{"en", "zh-Hans"}

// Book holds the texts of all packages.
type Book struct {
	texts     map[string]map[string]string // language → key → text
	languages []string
	matcher   language.Matcher
	matched   sync.Map     // what was asked for → the language, remembered
	matches   atomic.Int64 // how many are
}

// NewBook makes an empty book.
func NewBook() *Book {
	b := &Book{texts: map[string]map[string]string{}, languages: slices.Clone(Languages)}
	var tags []language.Tag
	for _, l := range Languages {
		b.texts[l] = map[string]string{}
		tags = append(tags, language.MustParse(l))
	}
	b.matcher = language.NewMatcher(tags)
	return b
}

// Add reads the messages files in the root of a package's files. A key of two packages is an error.
func (b *Book) Add(files fs.FS) error {
	for _, l := range Languages {
		name := "messages." + l + ".json"
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			return fmt.Errorf("words: %s: %w", name, err)
		}
		for key, text := range texts {
			if old, twice := b.texts[l][key]; twice && old != text {
				return fmt.Errorf("words: the key %q stands in two packages", key)
			}
			b.texts[l][key] = text
		}
	}
	return nil
}

// Keys lists all keys in order.
func (b *Book) Keys() []string {
	keys := make([]string, 0, len(b.texts[Languages[0]]))
	for k := range b.texts[Languages[0]] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Match picks the language for an Accept-Language header or a tag.
func (b *Book) Match(prefer ...string) string {
	asked := strings.Join(prefer, "\n")
	if known, ok := b.matched.Load(asked); ok {
		return known.(string)
	}
	_, i := language.MatchStrings(b.matcher, prefer...)
	if len(asked) <= 200 && b.matches.Add(1) <= mostMatches { // browsers ask in few ways; strangers in any
		b.matched.Store(asked, b.languages[i])
	}
	return b.languages[i]
}

// Languages lists those that pages are offered in: the shipped ones, and the pseudo-language where it was added.
func (b *Book) Languages() []string { return slices.Clone(b.languages) }

const mostMatches = 1000

// Voice speaks one language in one time zone.
type Voice struct {
	Lang string
	Zone *time.Location
	book *Book
	// Name gives the title of a code of the realm (a body, a place, a category), or "".
	Name func(kind, code string) string
	// Own is the language that the realm writes its own texts in, such as laws; "" for not known.
	Own string
}

// Voice makes a voice; lang must be one of Languages.
func (b *Book) Voice(lang string, zone *time.Location) Voice {
	return Voice{Lang: lang, Zone: zone, book: b}
}

// Has reports whether there is a text for a key.
func (v Voice) Has(key string) bool {
	_, ok := v.book.texts[v.Lang][key]
	return ok
}

// Say puts a key and its arguments (a name and a value each) into words.
func (v Voice) Say(key string, args ...any) string {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return v.Fill(key, m)
}

// Fill puts a key and its arguments into words. A key without a text is shown as it is:
// ugly, but nothing is hidden.
func (v Voice) Fill(key string, args map[string]any) string {
	text, ok := v.book.texts[v.Lang][key]
	if !ok {
		if text, ok = v.book.texts[Languages[0]][key]; !ok {
			return key
		}
	}
	if len(args) == 0 && !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			break
		}
		b.WriteString(text[:open])
		name, said := text[open+1:open+end], text[open:open+end+1]
		if value, ok := args[name]; ok {
			said = v.Value(value)
		}
		if name == "law" {
			said = v.Law(said)
		}
		b.WriteString(said)
		text = text[open+end+1:]
		if strings.HasSuffix(said, "）") { // a bracket as wide as a character holds its own blank
			text = strings.TrimPrefix(text, " ")
		}
	}
	b.WriteString(text)
	return b.String()
}

// Code is a code that has a text of its own, such as a ground from a list: the text behind
// Key, or Else where the realm has added a code that no language knows.
type Code struct{ Key, Else string }

// Titled is a code of the realm whose title Voice.Name gives, of a kind that has no type of its own.
type Titled struct{ Kind, Code string }

// Day is a local date, "2006-01-02".
type Day string

// everyCategory stands in a duty list for every category there is.
const everyCategory civic.Category = "*"

// Value writes an argument: instants as local dates with the time, codes by their titles,
// limits in full, lists with the language's comma.
func (v Voice) Value(value any) string {
	switch x := value.(type) {
	case string:
		return x
	case Code:
		if v.Has(x.Key) {
			return v.Say(x.Key)
		}
		return x.Else
	case Titled:
		return v.title(x.Kind, x.Code)
	case Day:
		return v.day(x)
	case calendar.Title:
		return x.In(v.Lang)
	case calendar.Limit:
		return v.limit(x)
	case civic.Instant:
		return v.DateTime(x)
	case Language:
		return v.language(x)
	case int:
		return strconv.Itoa(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case civic.BodyID:
		return v.title("body", string(x))
	case civic.PostID:
		return v.title("post", string(x))
	case civic.PlaceID:
		return v.title("place", string(x))
	case civic.Category:
		if x == everyCategory && v.Has("face.every_category") {
			return v.Say("face.every_category")
		}
		return v.title("category", string(x))
	case []string:
		return strings.Join(x, v.comma())
	case []any:
		parts := make([]string, len(x))
		for i, p := range x {
			parts[i] = v.Value(p)
		}
		return strings.Join(parts, v.comma())
	default:
		return fmt.Sprint(x)
	}
}

// Count writes how many there are: in English with thousands apart, in Chinese, which counts by ten thousands, without.
func (v Voice) Count(n int) string {
	digits := strconv.Itoa(n)
	if v.Lang != "en" || len(strings.TrimPrefix(digits, "-")) <= 3 {
		return digits
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && digits[i-1] != '-' && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Law writes a law that ships in the reader's language; one of a realm's own stands as the realm wrote it.
func (v Voice) Law(text string) string {
	if key := "law " + text; v.Has(key) {
		return v.Say(key)
	}
	return text
}

// title is the title of a code of the realm, or the code.
func (v Voice) title(kind, code string) string {
	if v.Name != nil {
		if t := v.Name(kind, code); t != "" {
			return t
		}
	}
	return code
}

// Join puts sentences after each other: with a space where the language has one, without in Chinese, whose full stop
// is as wide as a character (GB/T 15834). Empty ones are left out.
func (v Voice) Join(sentences ...string) string {
	said := slices.DeleteFunc(slices.Clone(sentences), func(s string) bool { return s == "" })
	return strings.Join(said, v.Space())
}

// Space is what stands between a sentence, or a label with its colon, and what goes on after it in the same line.
func (v Voice) Space() string {
	if v.Lang == "zh-Hans" {
		return ""
	}
	return " "
}

func (v Voice) comma() string {
	if v.Lang == "zh-Hans" {
		return "、"
	}
	return ", "
}

var weekdays = [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

// name is the English name of a weekday or a month, as this language writes it.
func (v Voice) name(of fmt.Stringer) string {
	if v.Lang == Pseudo {
		return pseudo(of.String())
	}
	return of.String()
}

// Direction is how the language is written: "ltr" or "rtl" (HTML's dir).
func (v Voice) Direction() string {
	tag, err := language.Parse(v.Lang)
	if err != nil {
		return "ltr"
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}

// Date writes a day with its weekday, in the realm's zone.
func (v Voice) Date(i civic.Instant) string {
	if i == 0 {
		return "–"
	}
	t := i.In(v.Zone)
	if v.Lang == "zh-Hans" {
		return fmt.Sprintf("%d年%d月%d日（%s）", t.Year(), t.Month(), t.Day(), weekdays[t.Weekday()])
	}
	return fmt.Sprintf("%s, %d %s %d", v.name(t.Weekday()), t.Day(), v.name(t.Month()), t.Year())
}

func (v Voice) day(d Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	v.Zone = time.UTC
	return v.Date(civic.At(t))
}

// limit writes a limit in full: "10 working days".
func (v Voice) limit(l calendar.Limit) string {
	if l.N == 0 {
		return "–"
	}
	key := "face.limit_" + string(l.Unit)
	if l.N == 1 {
		key += "_one"
	}
	return v.Say(key, "n", l.N)
}

// DateTime writes a moment to the minute, in the realm's zone.
func (v Voice) DateTime(i civic.Instant) string {
	if i == 0 {
		return "–"
	}
	t := i.In(v.Zone)
	if v.Lang == "zh-Hans" {
		return fmt.Sprintf("%d年%d月%d日 %02d:%02d", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute())
	}
	return fmt.Sprintf("%d %s %d, %02d:%02d", t.Day(), v.name(t.Month()), t.Year(), t.Hour(), t.Minute())
}

// Refusal puts a refusal into words. A field, an act or a status that it names is called as its room calls it ("matter.field.law", "matter.status.working"),
// where the room has a word for it: people know fields by their labels. Of a field within another the last part is named.
func (v Voice) Refusal(r civic.Refusal) string {
	args := maps.Clone(r.Args)
	room, _, _ := strings.Cut(r.Key, ".")
	for _, what := range []string{"field", "act", "status"} {
		if code, ok := args[what].(string); ok {
			if called := room + "." + what + "." + code[strings.LastIndexByte(code, '.')+1:]; v.Has(called) {
				args[what] = v.Say(called)
			}
		}
	}
	return v.Fill(r.Key, args)
}

// Refusals puts every reason into words.
func (v Voice) Refusals(rs civic.Refusals) []string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = v.Refusal(r)
	}
	return out
}
