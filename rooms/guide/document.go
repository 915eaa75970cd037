package guide

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Media is the media type of an article's text.
const Media = "application/yaml" // RFC 9512

// Document is the text of an article: what is drafted, imported, given out and kept.
type Document struct {
	Article    string           `yaml:"article"`
	Body       civic.BodyID     `yaml:"body"`
	Categories []civic.Category `yaml:"categories,omitempty"` // none for any
	Places     []civic.PlaceID  `yaml:"places,omitempty"`     // none for everywhere
	From       string           `yaml:"from,omitempty"`       // a day; none for from when it is published
	Until      string           `yaml:"until,omitempty"`      // the last day; none for no end
	Review     string           `yaml:"review"`               // the day by which somebody looks at it again
	Laws       []Law            `yaml:"laws,omitempty"`
	Texts      map[string]Text  `yaml:"texts"` // by language tag (BCP 47)
}

// Law is what an article rests on.
type Law struct {
	Law  string `yaml:"law" json:"law"`
	Link string `yaml:"link,omitempty" json:"link,omitempty"`
}

// Text is an article in one language.
type Text struct {
	Title    string   `yaml:"title"`
	Question string   `yaml:"question"`
	Body     string   `yaml:"body"` // Markdown
	Keywords []string `yaml:"keywords,omitempty"`
}

// The bounds of a text, in characters and pieces.
const (
	mostTitle    = 120
	mostQuestion = 200
	mostText     = 20_000
	mostKeyword  = 40
	mostKeywords = 40
	mostLaw      = 300
	mostLaws     = 20
	mostLink     = 500
	mostCodes    = 50
	mostDocument = 256 << 10 // bytes
)

// Languages are those that an article can be in.
var Languages = []string{"en", "zh-Hans"}

// Canonical is the text as it is kept: of one content there is one.
func (d *Document) Canonical() []byte {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(d); err != nil {
		panic(err) // texts and lists of texts can be written
	}
	e.Close()
	return b.Bytes()
}

// Digest names the canonical text.
func (d *Document) Digest() string { return journal.DocumentDigest(d.Canonical()) }

// ReadKept reads a canonical text. It was looked at when it was filed.
func ReadKept(data []byte) (*Document, error) {
	var d Document
	if err := yaml.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	return &d, nil
}

// In is the text in a language, else in another that it has; lang says which.
func (d *Document) In(language string) (text Text, lang string) {
	if t, ok := d.Texts[language]; ok {
		return t, language
	}
	for _, l := range append(slices.Clone(Languages), slices.Sorted(maps.Keys(d.Texts))...) {
		if t, ok := d.Texts[l]; ok {
			return t, l
		}
	}
	return Text{}, ""
}

// Known says what there is in a realm.
type Known struct {
	Body     func(civic.BodyID) bool
	Category func(civic.Category) bool
	Place    func(civic.PlaceID) bool
}

// Check cleans a text and says everything that is wrong with it, each with the path of its field: "texts.en.title".
func (d *Document) Check(known Known) civic.Refusals {
	c := check{}
	if !ValidCode(d.Article) {
		c.refuse("article", "guide.code_form", "value", clip(d.Article))
	}
	if !known.Body(d.Body) {
		c.refuse("body", "guide.body_unknown", "value", clip(string(d.Body)))
	}
	for i, k := range d.Categories {
		if !known.Category(k) {
			c.refuse("categories", "guide.category_unknown", "value", clip(string(k)))
		} else if slices.Contains(d.Categories[:i], k) {
			c.refuse("categories", "guide.twice", "value", clip(string(k)))
		}
	}
	for i, p := range d.Places {
		if !known.Place(p) {
			c.refuse("places", "guide.place_unknown", "value", clip(string(p)))
		} else if slices.Contains(d.Places[:i], p) {
			c.refuse("places", "guide.twice", "value", clip(string(p)))
		}
	}
	if len(d.Categories) > mostCodes || len(d.Places) > mostCodes || len(d.Laws) > mostLaws {
		c.refuse("", "guide.too_many")
	}
	for _, day := range []struct {
		field, text string
		needed      bool
	}{{"from", d.From, false}, {"until", d.Until, false}, {"review", d.Review, true}} {
		if _, err := calendar.ParseDay(day.text); err != nil && (day.text != "" || day.needed) {
			c.refuse(day.field, "guide.day_form", "value", clip(day.text))
		}
	}
	for i := range d.Laws {
		law := &d.Laws[i]
		law.Law = c.line("laws", law.Law, mostLaw, true)
		if law.Link != "" && !webLink(law.Link) {
			c.refuse("laws", "guide.link_form", "value", clip(law.Link))
		}
	}
	c.texts(d)
	return c.refusals
}

type check struct{ refusals civic.Refusals }

func (c *check) refuse(field, key string, args ...any) {
	c.refusals = append(c.refusals, civic.Refuse(civic.Invalid, key, args...).In(field))
}

// line cleans a text of one line.
func (c *check) line(field, text string, most int, needed bool) string {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && needed:
		c.refuse(field, "guide.text_missing")
	case !civic.Plain(text, most):
		c.refuse(field, "guide.line_form", "most", most)
	}
	return text
}

func (c *check) texts(d *Document) {
	if len(d.Texts) == 0 {
		c.refuse("texts", "guide.texts_missing")
	}
	cleaned := make(map[string]Text, len(d.Texts))
	for _, lang := range slices.Sorted(maps.Keys(d.Texts)) {
		t, field := d.Texts[lang], "texts."+lang
		if !slices.Contains(Languages, lang) {
			c.refuse("texts", "guide.language_unknown", "value", clip(lang), "languages", strings.Join(Languages, ", "))
			continue
		}
		t.Title = c.line(field+".title", t.Title, mostTitle, true)
		t.Question = c.line(field+".question", t.Question, mostQuestion, true)
		switch {
		case !utf8.ValidString(t.Body):
			c.refuse(field+".body", "guide.text_invalid")
			t.Body = ""
		case utf8.RuneCountInString(t.Body) > mostText:
			c.refuse(field+".body", "guide.text_long", "most", mostText)
		default:
			if t.Body = civic.Clean(t.Body); t.Body == "" {
				c.refuse(field+".body", "guide.text_missing")
			}
			for _, key := range Unfit(t.Body) {
				c.refuse(field+".body", key)
			}
		}
		var words []string
		for _, w := range t.Keywords {
			if w = c.line(field+".keywords", w, mostKeyword, false); w != "" && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
		if t.Keywords = words; len(words) > mostKeywords {
			c.refuse(field+".keywords", "guide.too_many")
		}
		cleaned[lang] = t
	}
	d.Texts = cleaned
}

// webLink reports whether a text is the address of a page: https or http, with a host, and nobody's name in it.
func webLink(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= mostLink && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && civic.Plain(text, mostLink)
}
