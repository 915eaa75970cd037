package matter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
)

// sample fills every field of an event with something, so that none can be lost unnoticed.
func sample(v reflect.Value, name string, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("a-" + strings.ToLower(name))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1_300_000_000_000_000 + len(name)))
		if v.Kind() == reflect.Int {
			v.SetInt(int64(1 + len(name)%5))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		sample(v.Elem(), name, depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			sample(v.Index(i), name, depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("body"), reflect.ValueOf("pwd"))
		v.SetMapIndex(reflect.ValueOf("row"), reflect.ValueOf("12"))
	case reflect.Struct:
		for i := range v.NumField() {
			sample(v.Field(i), v.Type().Field(i).Name, depth+1)
		}
	}
}

func sampleOf(e journal.Event) journal.Event {
	v := reflect.New(reflect.TypeOf(e)).Elem()
	sample(v, "", 0)
	return v.Interface().(journal.Event)
}

// The committed samples are what version 1 of every act looked like. They must decode for
// ever, to the same event, and encode to the same bytes. Never change a file; add a version.
func TestVersion1DecodesForEver(t *testing.T) {
	for _, e := range Events() {
		file := filepath.Join("testdata", "events-v1", strings.TrimPrefix(e.Type(), "matter.")+".json")
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
		if a, ok := want.(Appealed); ok {
			a.Ground = "" // version 1 had none
			want = a
		}
		if a, ok := want.(Amended); ok {
			a.Push = "" // nor this
			want = a
		}
		if a, ok := want.(Released); ok {
			a.Language = "" // nor this
			want = a
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads as\n%+v, want\n%+v", e.Type(), got, want)
		}
		if again, _ := journal.Encode(got); !bytes.Equal(again, data) {
			t.Errorf("%s is written\n%s, was\n%s", e.Type(), again, data)
		}
	}
	if registry().Names() == nil || len(registry().Names()) != len(Events()) {
		t.Error("the registry and the list of events differ")
	}
}

// So must those of later versions.
func TestLaterVersionsDecodeForEver(t *testing.T) {
	for _, e := range Events() {
		if e.Version() == 1 {
			continue
		}
		file := filepath.Join("testdata", fmt.Sprintf("events-v%d", e.Version()), strings.TrimPrefix(e.Type(), "matter.")+".json")
		if _, err := os.Stat(file); os.IsNotExist(err) && os.Getenv("UPDATE") != "" {
			data, err := journal.Encode(sampleOf(e))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
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
		got, err := registry().Decode(e.Type(), e.Version(), bytes.TrimSpace(data))
		if err != nil || !reflect.DeepEqual(got, sampleOf(e)) {
			t.Errorf("%s reads as %+v (%v), want %+v", e.Type(), got, err, sampleOf(e))
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
				name := strings.ToLower(f.Name)
				for _, word := range []string{"name", "phone", "mail", "contactdetails", "description", "street"} {
					if strings.Contains(name, word) {
						t.Errorf("%s.%s", path, f.Name)
					}
				}
				if tag := f.Tag.Get("json"); !f.Anonymous && (tag == "" || tag != strings.ToLower(tag)) {
					t.Errorf("%s.%s has the tag %q", path, f.Name, tag)
				}
				walk(path+"."+f.Name, f.Type)
			}
		}
	}
	for _, e := range Events() {
		walk(e.Type(), reflect.TypeOf(e))
	}
}

// FuzzEvents: whatever JSON an event decodes from, it encodes to something stable.
func FuzzEvents(f *testing.F) {
	for i, e := range Events() {
		data, err := journal.Encode(sampleOf(e))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), []byte(data))
		f.Add(uint8(i), []byte(`{}`))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		events := Events()
		e := events[int(which)%len(events)]
		first, err := registry().Decode(e.Type(), 1, data)
		if err != nil {
			return
		}
		one, err := journal.Encode(first)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(one, "\n\r") {
			t.Fatalf("%s has a line break in it", one)
		}
		second, err := registry().Decode(e.Type(), 1, one)
		if err != nil {
			t.Fatalf("%s: its own JSON is not read: %v", e.Type(), err)
		}
		two, err := journal.Encode(second)
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%s: %s then %s (%v)", e.Type(), one, two, err)
		}
		// And no fold of it panics, in a matter that is anywhere.
		for _, s := range []State{{}, {Seq: 1, Status: StatusWorking, Round: Round{No: 1}}, {Seq: 1, Status: StatusPaused, Main: "x"}} {
			n := Evolve(s, journal.Act{Dossier: "matter/00000001", Seq: s.Seq + 1, Type: e.Type(), Actor: "post:a/b", Happened: 1, Event: first})
			Wake(n)
			Visible(n, Eyes{})
			tell(journal.Act{Type: e.Type(), Event: first})
		}
	})
}

// FuzzCommands: commands come as JSON from outside; Decide refuses or drafts, and never panics.
func FuzzCommands(f *testing.F) {
	for i, c := range Commands() {
		v := reflect.New(reflect.TypeOf(c)).Elem()
		sample(v, "", 0)
		data, err := json.Marshal(v.Interface())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), []byte(data))
	}
	f.Add(uint8(0), []byte(`{"kind":"request","category":"roads.lamp","place":"ward-3","channel":"web","external":"'; DROP TABLE matters;--\u202e"}`))
	f.Add(uint8(15), []byte(`{"parts":[{"text":"x"},{}]}`))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		commands := Commands()
		v := reflect.New(reflect.TypeOf(commands[int(which)%len(commands)]))
		if json.Unmarshal(data, v.Interface()) != nil {
			return
		}
		c := v.Elem().Interface().(Command)
		for _, given := range [][]move{nil, reported, accepted, answered, paused} {
			for _, imported := range []bool{false, true} {
				w := newWorld(t)
				id := w.given(given...)
				w.imported = imported
				drafts, refusals := w.do(id, c, civic.Actor{Kind: civic.Post, Post: "pwd/head", For: "ann"}, after("1d2h"))
				if len(drafts) > 0 && len(refusals) > 0 {
					t.Fatal(c, refusals)
				}
				for _, d := range drafts {
					data, err := journal.Encode(d.Event)
					if err != nil {
						t.Fatal(err)
					}
					for _, bad := range []string{"\u202e", "\\u0000", "\\u001b", "\u2066"} {
						if bytes.Contains(data, []byte(bad)) {
							t.Fatalf("%q stands in %s", bad, data)
						}
					}
				}
			}
		}
	})
}
