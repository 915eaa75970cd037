package place

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func read(t *testing.T, text string) *Gazetteer {
	t.Helper()
	all, refusals := ReadAddresses([]byte(text), nil)
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	return NewGazetteer(3, all)
}

const someAddresses = "address,longitude,latitude,zip,also,whole\n" +
	"12 Hanover Street,-71.05,42.36,02113,,\n12 Hanover Street,-71.06,42.35,02108,,\nHanover St & Salem St,-71.055,42.363,,,\nHanover St,-71.056,42.364,02113,,yes\n" +
	"听澜街道听雨路12号,170.01,30.01,,\"12 Tingyu Road, Tinglan\",\n听澜街道听雨路120号,170.02,30.01,,,\n"

// An address is found as people write it: short forms and long ones, Chinese by two characters, a house that is not listed by its street.
func TestFindAddresses(t *testing.T) {
	g := read(t, someAddresses)
	for words, want := range map[string]string{
		"12 hanover st 02113": "12 Hanover Street, 02113", "HANOVER street salem": "Hanover St & Salem St", "听雨": "听澜街道听雨路12号", "听雨路120": "听澜街道听雨路120号",
		"corner of Hanover & Salem": "Hanover St & Salem St", "tingyu": "听澜街道听雨路12号", "hanov": "Hanover St, 02113", "Hanover St": "Hanover St, 02113",
	} {
		found, near := g.Find(words, 5)
		if len(found) == 0 || found[0].String() != want || near {
			t.Errorf("%q: %v %v, want %s", words, found, near, want)
			continue
		}
		if a, ok := g.One(found[0].Key); !ok || a != found[0].Address {
			t.Errorf("%s is %v", found[0].Key, a)
		}
	}
	if found, near := g.Find("999 hanover st", 5); len(found) != 4 || !near {
		t.Error(found, near)
	}
	for _, key := range []string{"", "3", "3.", "3.x", "3.-1", "3.6", "2.0", "3.0.0", "x.0"} {
		if a, ok := g.One(key); ok {
			t.Errorf("%q is %v", key, a)
		}
	}
	var none *Gazetteer
	if found, _ := none.Find("hanover", 5); found != nil || none.Len() != 0 {
		t.Error(found)
	}
	if _, ok := none.One("1.0"); ok {
		t.Error("a realm without addresses gives one")
	}
}

// A text is an address only if it is that one, word for word, and no other: what places a matter must not be guessed.
func TestExactlyOneAddress(t *testing.T) {
	g := read(t, someAddresses+"12 E Street,-71.04,42.33,,,\n7 St Mary Road,-71.1,42.34,,,\n")
	for text, want := range map[string]string{
		"12 Hanover St, 02113": "12 Hanover Street, 02113", "hanover street and salem street": "Hanover St & Salem St", "听澜街道听雨路12号": "听澜街道听雨路12号",
		"12 Tingyu Rd, Tinglan": "听澜街道听雨路12号",
		"12 Hanover St":         "", // two of them
		"Hanover St, 02113":     "", // a whole street
		"12 East Street":        "", "7 Street Mary Road": "", "12 E St": "12 E Street", "7 Saint Mary Road": "",
		"听雨路12号": "", "Hanover": "", "999 Hanover St": "", "": "", "12": "", "flat 2, 12 Hanover St, 02113": "",
	} {
		a, ok := g.Exactly(text)
		if ok != (want != "") || ok && a.String() != want {
			t.Errorf("%q is %v %v, want %q", text, a, ok, want)
		}
	}
}

// Each bad row has its sentence; a file with one is not taken at all.
func TestAddressRefusals(t *testing.T) {
	const head = "address,longitude,latitude,zip,whole\n"
	for text, want := range map[string]string{
		"address,lon,lat\nx,1,2\n":                           "sheet.",
		head:                                                 "place.addresses_empty",
		head + "A St,x,42,,\n":                               "place.address_degrees",
		head + "A St,NaN,42,,\n":                             "place.address_degrees",
		head + "A St,181,42,,\n":                             "place.address_degrees",
		head + "A St,,42,,\n":                                "place.address_degrees",
		head + "A St,1,2,,maybe\n":                           "place.address_whole",
		head + ",1,2,,\n":                                    "place.address_missing",
		head + "...,1,2,,\n":                                 "place.address_missing",
		head + "A St,1,2,1,\nA St,3,4,1,\n":                  "place.address_twice",
		head + strings.Repeat("x", 201) + ",1,2,,\n":         "place.address_long",
		head + "A St,1,2," + strings.Repeat("1", 17) + ",\n": "place.address_long",
		"address,longitude,latitude\n\xb1\xb1,1,2\n":         "sheet.",
	} {
		all, refusals := ReadAddresses([]byte(text), nil)
		if len(refusals) == 0 || all != nil || !strings.HasPrefix(refusals[0].Key, want) {
			t.Errorf("%q: %v, want %s", text, refusals, want)
		}
	}
	w := newWorld(t)
	w.must("", Found{Place: "city", Kind: City, Titles: en("City"), Boundary: w.box(0, 0, 1, 1)})
	if _, refusals := ReadAddresses([]byte(head+"In,0.5,0.5,,\nOut,42,0.5,,\n"), w.c); len(refusals) != 1 || refusals[0].Key != "place.address_outside" || !strings.Contains(refusals[0].Field, "row 3") {
		t.Error(refusals)
	}
}

func FuzzReadAddresses(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		all, refusals := ReadAddresses(data, nil)
		for _, r := range refusals {
			if r.Key == "" || !utf8.ValidString(r.Field) {
				t.Fatalf("a refusal without a sentence or a field: %+v", r)
			}
		}
		if (len(refusals) == 0) == (len(all) == 0) {
			t.Fatalf("%d addresses, %d refusals", len(all), len(refusals))
		}
		if len(all) > 200 {
			return
		}
		g := NewGazetteer(1, all)
		for _, a := range all {
			if a.At.Lat < -90e6 || a.At.Lat > 90e6 || a.At.Lon < -180e6 || a.At.Lon > 180e6 {
				t.Fatal(a)
			}
			g.Find(a.Text, 5)
			if x, ok := g.Exactly(a.Text); ok && plain(x.Text) != plain(a.Text) && plain(x.Also) != plain(a.Text) && plain(x.String()) != plain(a.Text) && plain(x.Also+" "+x.Zip) != plain(a.Text) {
				t.Fatalf("%q is %+v", a.Text, x)
			}
		}
	})
}
