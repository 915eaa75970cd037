package place

import (
	"testing"
	"unicode/utf8"

	"skein/frame/civic"
	"skein/frame/sheet"
)

// judged holds what is true of every file: it is refused with sentences that name a place in
// it, or its places can be brought in or refused in turn, and never a panic.
func judged(t *testing.T, f File, refusals civic.Refusals) {
	for _, r := range refusals {
		if r.Key == "" || !utf8.ValidString(r.Field) {
			t.Fatalf("a refusal without a sentence or a field: %+v", r)
		}
	}
	if len(refusals) > 0 {
		if len(f.Import.Places) > 0 {
			t.Fatal("a refused file brings places")
		}
		return
	}
	if len(f.Import.Places) == 0 {
		t.Fatal("a file without places is not refused")
	}
	w := newWorld(t)
	w.docs = f.Documents
	if _, refusals := w.do("", f.Import); len(refusals) > 0 {
		if w.c.Len() != 0 {
			t.Fatal("a refused import founds places")
		}
		return
	}
	if w.c.Len() != len(f.Import.Places) {
		t.Fatalf("%d of %d places", w.c.Len(), len(f.Import.Places))
	}
	if drafts := w.must("", f.Import); len(drafts) != 0 {
		t.Fatalf("the same file again leads to %s", told(drafts))
	}
	for p := range w.c.Places() {
		if a := w.c.Area(p.ID); a != nil {
			at := a.InteriorPoint()
			if got := w.c.Holding(at.Lat, at.Lon); len(got) == 0 {
				t.Fatalf("the inner point of %s lies nowhere", p.ID)
			}
		}
	}
}

func FuzzReadGeoJSON(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		file, refusals := ReadGeoJSON(data, Mapping{
			Code: "p-{code}", Titles: map[string]string{"en": "{title}"}, Kind: "{kind}", Parent: "{parent}",
		})
		judged(t, file, refusals)
		file, refusals = ReadGeoJSON(data, Mapping{Code: "p", Titles: map[string]string{"en": "P"}, Kind: Ward})
		judged(t, file, refusals)
	})
}

func FuzzReadTree(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []sheet.Format{sheet.CSV, sheet.YAML} {
			file, refusals := ReadTree(format, data)
			judged(t, file, refusals)
		}
	})
}

func FuzzReadTable(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		file, refusals := ReadTable(data, Mapping{Code: "c-{code:03}", Titles: map[string]string{"en": "{name}"}, Kind: Ward, Parent: "{parent}"})
		judged(t, file, refusals)
	})
}

func FuzzReadCalendars(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		file, refusals := ReadCalendars(data)
		if len(refusals) > 0 {
			judged(t, File{}, refusals)
			return
		}
		w := newWorld(t)
		w.docs = file.Documents
		for _, c := range file.Commands {
			c.Place, c.Body = "", ""
			if _, refusals := w.do("", c); len(refusals) > 0 && (codeForm.MatchString(c.ID) || w.c.HasCalendar(c.ID)) {
				t.Fatalf("a calendar that could be read is refused: %v", refusals)
			}
		}
	})
}
