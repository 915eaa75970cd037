package chart

import (
	"bytes"
	"testing"
)

func TestBesideHoldsItsPictures(t *testing.T) {
	left := Scatter{Frame: Frame{Title: "left", Width: 300}, Points: []Point{{X: 1, Y: 2}}}.SVG()
	right := Bars{Frame: Frame{Title: "right", Width: 400}, Bars: []Bar{{Label: "a", Value: 1}}}.SVG()
	both := Beside{Frame: Frame{Title: "both", Desc: "two"}, Pictures: [][]byte{left, right}}.SVG()
	count, text := elements(t, both)
	if count["svg"] != 3 || count["title"] != 3 {
		t.Errorf("%v", count)
	}
	for _, part := range []string{"left", "right", "both"} {
		if !bytes.Contains([]byte(text), []byte(part)) {
			t.Errorf("no %q in %q", part, text)
		}
	}
	if w, _ := size(both); w != 700 {
		t.Errorf("%g wide, want 700", w)
	}
	if none := (Beside{Frame: Frame{Title: "none"}, Pictures: [][]byte{nil}}).SVG(); !bytes.Contains(none, []byte("none")) {
		t.Error("nothing was drawn")
	}
}
