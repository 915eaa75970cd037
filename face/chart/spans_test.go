package chart

import (
	"bytes"
	"encoding/xml"
	"math"
	"strings"
	"testing"
)

func TestSpans(t *testing.T) {
	c := Spans{Frame: Frame{Title: "Who <held> it", Desc: "d", X: "days"}, Groups: []string{"lead", "told"}, Spans: []Span{
		{Label: "道路科", From: 0, To: 3, Text: "3"}, {Label: "x", From: 3, To: 3, Group: 1}, {Label: "y", From: math.NaN(), To: 1},
	}}
	got := c.SVG()
	if err := xml.Unmarshal(got, new(struct{})); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, c.SVG()) || !strings.Contains(string(got), "道路科") || strings.Contains(string(got), "<held>") || strings.Contains(string(got), "NaN") {
		t.Errorf("%s", got)
	}
	if n := strings.Count(string(got), `class="g0"`) + strings.Count(string(got), `class="g1"`); n != 4 { // two of the legend, a bar and a mark
		t.Errorf("%d marks: %s", n, got)
	}
}
