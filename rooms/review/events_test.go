package review

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"skein/frame/journal"
	"skein/internal/samples"
)

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	samples.DecodeForEver(t, registry(), samples.Filled(slices.Concat(Events(), FindingEvents(), RequestEvents()))...)
}

// No event has a field for a name, a contact or a text in the open; a person is only ever an id.
func TestEventsHoldNoPrivateWords(t *testing.T) {
	var walk func(path string, v reflect.Type)
	walk = func(path string, v reflect.Type) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(path, v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Field(i)
				for _, word := range []string{"name", "phone", "mail", "address", "description"} {
					if strings.Contains(strings.ToLower(f.Name), word) {
						t.Errorf("%s.%s", path, f.Name)
					}
				}
				if tag := f.Tag.Get("json"); tag == "" || tag != strings.ToLower(tag) {
					t.Errorf("%s.%s has the tag %q", path, f.Name, tag)
				}
				walk(path+"."+f.Name, f.Type)
			}
		}
	}
	for _, e := range slices.Concat(Events(), FindingEvents(), RequestEvents()) {
		walk(e.Type(), reflect.TypeOf(e))
	}
}

// FuzzCommands: commands come as JSON from outside; Decide refuses or drafts, and never panics.
func FuzzCommands(f *testing.F) {
	for i, c := range Commands() {
		v := reflect.New(reflect.TypeOf(c)).Elem()
		samples.Fill(v)
		data, err := json.Marshal(v.Interface())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), data)
	}
	f.Add(uint8(10), []byte(`{"result":"varied","law":"\u202e\u0000","outcome":"planned","show":["x","x"]}`))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		commands := Commands()
		v := reflect.New(reflect.TypeOf(commands[int(which)%len(commands)]))
		if json.Unmarshal(data, v.Interface()) != nil {
			return
		}
		for _, moves := range [][]move{nil, opened("withholding"), taken1, replied, called, decided1} {
			w := given(t, moves...)
			drafts, refusals := w.do(v.Elem().Interface().(Command), member, day(12))
			if len(drafts) > 0 && len(refusals) > 0 {
				t.Fatal(refusals)
			}
			for _, d := range drafts {
				if raw, err := journal.Encode(d.Event); err != nil || bytes.Contains(raw, []byte("\u202e")) && which%uint8(len(commands)) != 0 {
					t.Fatalf("%s %v", raw, err)
				}
			}
		}
	})
}
