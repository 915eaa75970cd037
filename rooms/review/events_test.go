package review

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"skein/frame/journal"
)

// sample fills every field of an event with something, so that none can be lost unnoticed.
func sample(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("a-" + strings.ToLower(name))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1_300_000_000_000_000 + len(name)))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		sample(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			sample(v.Index(i), name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			sample(v.Field(i), v.Type().Field(i).Name)
		}
	}
}

func sampleOf(e journal.Event) journal.Event {
	v := reflect.New(reflect.TypeOf(e)).Elem()
	sample(v, "")
	return v.Interface().(journal.Event)
}

// The committed samples are what version 1 of every act looked like. They must decode for ever, to the same event,
// and encode to the same bytes. Never change a file; add a version.
func TestVersion1DecodesForEver(t *testing.T) {
	for _, e := range slices.Concat(Events(), FindingEvents(), RequestEvents()) {
		file := filepath.Join("testdata", "events-v1", strings.TrimPrefix(e.Type(), "review.")+".json")
		if _, err := os.Stat(file); os.IsNotExist(err) && os.Getenv("UPDATE") != "" {
			data, err := journal.Encode(sampleOf(e))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, append(data, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s has no sample: %v", e.Type(), err)
			continue
		}
		data = bytes.TrimSpace(data)
		got, err := registry().Decode(e.Type(), 1, data)
		if err != nil {
			t.Errorf("%s: %v", e.Type(), err)
			continue
		}
		want := sampleOf(e)
		if o, ok := want.(Opened); ok {
			o.Appealing = "" // version 1 had none
			want = o
			later, err := os.ReadFile(filepath.Join("testdata", "events-v2", "opened.json"))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := registry().Decode(e.Type(), 2, bytes.TrimSpace(later)); err != nil || !reflect.DeepEqual(got, sampleOf(e)) {
				t.Errorf("version 2 of %s reads as %+v: %v", e.Type(), got, err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads as\n%+v, want\n%+v", e.Type(), got, want)
		}
		if again, _ := journal.Encode(got); !bytes.Equal(again, data) {
			t.Errorf("%s is written\n%s, was\n%s", e.Type(), again, data)
		}
		if e.Version() != 1 && e.Type() != "review.opened" {
			t.Errorf("%s is at version %d: keep a reader of version 1 and its sample", e.Type(), e.Version())
		}
	}
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
		sample(v, "")
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
