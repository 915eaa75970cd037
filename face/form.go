package face

import (
	"net/url"
	"strings"

	"skein/face/words"
	"skein/frame/civic"
)

// Form is a form as it is shown: what its reader wrote and what was wrong with it.
type Form struct {
	Voice  words.Voice
	Values url.Values
	Wrong  []Wrong
	Prefix string // set before the ids of its fields where a page has several forms
}

// Wrong is something wrong with a field; Field is empty where it is wrong as a whole.
type Wrong struct{ Field, Message string }

// Value is what stands in a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Error is what is wrong with a field, or "".
func (f Form) Error(name string) string {
	for _, w := range f.Wrong {
		if w.Field == name {
			return w.Message
		}
	}
	return ""
}

// Add notes something wrong.
func (f *Form) Add(field, key string, args ...any) {
	f.Wrong = append(f.Wrong, Wrong{field, f.Voice.Say(key, args...)})
}

// Take puts refusals beside the fields that they name. It is false for an error that is
// no refusal, which is not the reader's to mend. fields maps the names in refusals to
// those of the form; what is not among them is wrong as a whole.
func (f *Form) Take(err error, fields map[string]string) bool {
	rs, ok := civic.AsRefusals(err)
	if !ok || Status(err) >= 500 {
		return false
	}
	for _, r := range rs {
		f.Wrong = append(f.Wrong, Wrong{fields[r.Field], f.Voice.Refusal(r)})
	}
	return true
}

// Field is what a form says of one of its fields.
type Field struct {
	Name, Label, Hint string
	Optional          bool
	Type              string // of an input: "text" if empty
	Auto              string // its autocomplete token (HTML, 4.10.18.7)
	Mode              string // its inputmode
	Most              int    // characters at most
	Short             bool
}

// ID is the id of the control of a field.
func (f Form) ID(field string) string { return f.Prefix + strings.ReplaceAll(field, ".", "-") }

// describedBy lists what a control is described by: its hint, its error, its count.
func (f Form) describedBy(x Field, more ...string) string {
	var ids []string
	if x.Hint != "" {
		ids = append(ids, f.ID(x.Name)+"-hint")
	}
	if f.Error(x.Name) != "" {
		ids = append(ids, f.ID(x.Name)+"-error")
	}
	return strings.Join(append(ids, more...), " ")
}

// Option is one of several to choose from; Hint is shown under it.
type Option struct{ Value, Title, Hint string }

// Group is some of them under a title; "" for none.
type Group struct {
	Title   string
	Options []Option
}
