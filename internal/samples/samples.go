// Package samples holds, for the tests of rooms, that a journal written by any release is read by every later one: of every version of
// every act there is a JSON text in testdata/events-vN/TYPE.json, which is never changed.
package samples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"skein/frame/journal"
)

// Fill puts something into every field of a value, so that none can be lost unnoticed; the same at every call.
func Fill(v reflect.Value) { fill(v, "") }

func fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("a-" + strings.ToLower(name))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(1 + len(name)%5))
	case reflect.Int64:
		v.SetInt(int64(1_300_000_000_000_000 + len(name)))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), name)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("body"), reflect.ValueOf("pwd"))
		v.SetMapIndex(reflect.ValueOf("row"), reflect.ValueOf("12"))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name)
		}
	default:
		panic(fmt.Sprintf("samples: a field %s of kind %v", name, v.Kind()))
	}
}

// Of is an act with every field filled.
func Of(e journal.Event) journal.Event {
	v := reflect.New(reflect.TypeOf(e)).Elem()
	Fill(v)
	return v.Interface().(journal.Event)
}

// Filled are acts with every field filled, for DecodeForEver.
func Filled(events []journal.Event) []journal.Event {
	out := make([]journal.Event, len(events))
	for i, e := range events {
		out[i] = Of(e)
	}
	return out
}

// DecodeForEver reads the texts of every version of these acts, one of each type that the registry knows. The newest must read as the
// act that is given and be written as it stands; an older one must be written as it stands too, so that nothing of it is lost. With
// UPDATE=1 a text of the newest version that is not there yet is written.
func DecodeForEver(t *testing.T, r *journal.Registry, acts ...journal.Event) {
	t.Helper()
	known := map[string]bool{}
	for _, e := range acts {
		known[e.Type()] = true
		for version := 1; version <= e.Version(); version++ {
			decodes(t, r, e, version)
		}
	}
	for _, name := range r.Names() {
		if !known[name] {
			t.Errorf("%s has no sample", name)
		}
	}
	files, _ := filepath.Glob(filepath.Join("testdata", "events-v*", "*.json"))
	if !slices.ContainsFunc(files, func(f string) bool { return known[strings.TrimSuffix(filepath.Base(f), ".json")] }) {
		t.Error("no sample of any of these acts is there")
	}
}

func decodes(t *testing.T, r *journal.Registry, e journal.Event, version int) {
	t.Helper()
	file := filepath.Join("testdata", fmt.Sprintf("events-v%d", version), e.Type()+".json")
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) && version == e.Version() && os.Getenv("UPDATE") != "" {
		if text, err = journal.Encode(e); err == nil {
			if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
				err = os.WriteFile(file, append(text, '\n'), 0o644)
			}
		}
	}
	if err != nil {
		t.Errorf("version %d of %s has no sample: %v", version, e.Type(), err)
		return
	}
	text = bytes.TrimSpace(text)
	if !json.Valid(text) {
		t.Errorf("%s is no JSON", file)
	}
	got, err := r.Decode(e.Type(), version, text)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	if version == e.Version() && !reflect.DeepEqual(got, e) {
		t.Errorf("%s reads as\n%+v, want\n%+v", file, got, e)
	}
	if again, err := journal.Encode(got); err != nil || !bytes.Equal(again, text) {
		t.Errorf("%s is written\n%s (%v), was\n%s", file, again, err, text)
	}
}
