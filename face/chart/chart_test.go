package chart

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var frame = Frame{Title: "Cases & <bounds>", Desc: "Ten days of counts.", X: "day", Y: "count", Lang: "en"}

var (
	series = Series{Frame: frame, Observed: "observed", Expected: "expected", Bound: "bound", Alarm: "alarm", Panels: []Panel{
		{Name: "North", Observed: []float64{1, 2, math.NaN(), 9}, Expected: []float64{1, 1, 1, 1}, Bound: []float64{math.NaN(), 3, 3, 4e9}, Alarm: []bool{false, false, false, true}},
		{Name: "Süd 南", Observed: []float64{0, 0, 0, 0}},
	}, Ticks: []string{"2011-08-01", "2011-08-02", "2011-08-03", "2011-08-04"}}
	scatter = Scatter{Frame: frame, Hulls: true, Groups: []string{"A", "B"}, Points: []Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}, {X: 3, Y: 3, Group: 1, Label: "far"}, {X: 2, Y: 2, Group: -1}, {X: math.NaN()}}}
	bars    = Bars{Frame: frame, Groups: []string{"won", "lost"}, Bars: []Bar{{Label: "Playground", Value: 12}, {Label: "路灯", Value: -3.5, Group: 1}, {Label: "none", Value: math.NaN()}}}
	plane   = Plane{Frame: frame, Plain: "others", Stretch: 1.35, Areas: []Area{{X: -71.1, Y: 42.3, Weight: 4, Label: "W1"}, {X: -71.0, Y: 42.35, Weight: 9}, {X: -71.05, Y: 42.4}}, Clusters: []Cluster{{Name: "1", X: -71.1, Y: 42.3, Members: []int{0, 1}}}}
)

func pictures() map[string]func() []byte {
	return map[string]func() []byte{"series": series.SVG, "scatter": scatter.SVG, "bars": bars.SVG, "plane": plane.SVG,
		"empty series": Series{}.SVG, "empty scatter": Scatter{}.SVG, "empty bars": Bars{}.SVG, "empty plane": Plane{}.SVG,
		"one point":  Scatter{Points: []Point{{X: 5, Y: 5}}, Square: true}.SVG,
		"one day":    Series{Panels: []Panel{{Observed: []float64{3}}}}.SVG,
		"one area":   Plane{Areas: []Area{{X: 1, Y: 1}}, Clusters: []Cluster{{Members: []int{0}}}}.SVG,
		"very large": Bars{Bars: []Bar{{Value: 1e300}, {Value: -1e-300}}}.SVG}
}

// elements counts a picture's elements by name and class, and fails unless it is XML.
func elements(t testing.TB, svg []byte) (count map[string]int, text string) {
	count = map[string]int{}
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return count, text
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			count[e.Name.Local]++
			for _, a := range e.Attr {
				if a.Name.Local == "class" {
					for _, c := range strings.Fields(a.Value) {
						count["."+c]++
					}
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s is %q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			text += string(e)
		}
	}
}

func TestPicturesAreWellFormedTitledAndTheSameEachTime(t *testing.T) {
	for name, draw := range pictures() {
		svg := draw()
		count, _ := elements(t, svg)
		if count["svg"] != 1 || count["title"] != 1 || count["desc"] != 1 {
			t.Errorf("%s: %v", name, count)
		}
		if !bytes.Equal(svg, draw()) {
			t.Errorf("%s differs when drawn again", name)
		}
		for _, want := range []string{`role="img"`, "prefers-color-scheme:dark", "aria-labelledby"} {
			if !bytes.Contains(svg, []byte(want)) {
				t.Errorf("%s has no %s", name, want)
			}
		}
	}
}

func TestWhatIsDrawn(t *testing.T) {
	count, text := elements(t, series.SVG())
	if count[".alarm"] != 2 { // one in the legend
		t.Errorf("alarms: %v", count)
	}
	for _, want := range []string{"Cases & <bounds>", "North", "2011-08-01", "expected", "Süd 南"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if count, _ = elements(t, scatter.SVG()); count[".hull"] != 1 || count[".plain"] != 1 {
		t.Errorf("scatter: %v", count)
	}
	if count, _ = elements(t, bars.SVG()); count["rect"] != 1+2+2 { // paper, legend, two bars
		t.Errorf("bars: %v", count)
	}
	if count, _ = elements(t, plane.SVG()); count[".ring"] != 1 || count[".plain"] != 1+1 || count[".g0"] != 1+1+2 {
		t.Errorf("plane: %v", count)
	}
}

func TestAnyTextIsHeld(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.String().Draw(r, "text") + "\x00\uffff\xff</svg>\""
		elements(t, Bars{Frame: Frame{Title: s, Desc: s, X: s, Y: s, Lang: s}, Groups: []string{s}, Bars: []Bar{{Label: s, Value: rapid.Float64().Draw(r, "value"), Text: s}}}.SVG())
	})
}

func TestHull(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var points []Point
		for range rapid.IntRange(0, 20).Draw(r, "n") {
			points = append(points, Point{X: float64(rapid.IntRange(-5, 5).Draw(r, "x")), Y: float64(rapid.IntRange(-5, 5).Draw(r, "y"))})
		}
		around := hull(points)
		if len(around) < 3 {
			return
		}
		for i, a := range around {
			b := around[(i+1)%len(around)]
			for _, q := range points {
				if (b.X-a.X)*(q.Y-a.Y)-(b.Y-a.Y)*(q.X-a.X) < 0 {
					t.Fatalf("%v lies outside %v", q, around)
				}
			}
		}
	})
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		whole     bool
		labels    string
	}{
		{0, 1, true, "0 1"}, {0, 9, true, "0 5 10"}, {0, 97, false, "0 50 100"}, {-0.2, 0.31, false, "-0.2 0.0 0.2 0.4"}, {5, 5, true, "2 4 6 8"},
	} {
		from, to, step := round(c.low, c.high, 4, c.whole)
		_, labels := ticks(from, to, step)
		if got := strings.ReplaceAll(strings.Join(labels, " "), "0.0", "0"); got != strings.ReplaceAll(c.labels, "0.0", "0") {
			t.Errorf("%v to %v: %s", c.low, c.high, got)
		}
	}
}

// A span of time that is not over is a mark of its own: the line ends before it.
func TestRunning(t *testing.T) {
	over, _ := elements(t, Series{Panels: []Panel{{Observed: []float64{5, 6, 7}}}, Running: "until now"}.SVG())
	running, text := elements(t, Series{Panels: []Panel{{Observed: []float64{5, 6, 7, 1}, Running: true}}, Running: "until now"}.SVG())
	if over[".running"] != 0 || running[".running"] != 2 || !strings.Contains(text, "until now") { // in the panel and in the legend
		t.Errorf("%d marks where all is over, %d where one is not", over[".running"], running[".running"])
	}
	line := func(points ...float64) int {
		svg := string(Series{Panels: []Panel{{Observed: points, Running: true}}}.SVG())
		_, path, _ := strings.Cut(svg, `class="observed" d="`)
		path, _, _ = strings.Cut(path, `"`)
		return strings.Count(path, "L") + strings.Count(path, "M")
	}
	if n := line(5, 6, 7, 1); n != 3 {
		t.Errorf("a line through %d points", n)
	}
}

// A theme that was chosen is drawn whatever the device asks for.
func TestThemes(t *testing.T) {
	paper := map[string]string{"light": "#ffffff", "dark": "#16181c", "contrast": "#000000"}
	for theme, colour := range paper {
		chosen := frame
		chosen.Theme = theme
		svg := string(Series{Frame: chosen, Panels: series.Panels}.SVG())
		if strings.Contains(svg, "prefers-color-scheme") || !strings.Contains(svg, ".paper{fill:"+colour+"}") {
			t.Errorf("%s is not drawn in its colours alone", theme)
		}
	}
	if !strings.Contains(string(series.SVG()), "prefers-color-scheme:dark") {
		t.Error("nothing chosen does not follow the device")
	}
}

// A narrow picture says all that a wide one does: its title goes on in the next line, and the name of a thing stands above its row.
func TestNarrow(t *testing.T) {
	frame := Frame{Title: "Told and answered, week by week over the last half year 上周与本周办结情况", Lang: "en", Width: 320}
	names := []string{"Needle pickup and sharps collection", "Needle pickup in parks", "公共照明设施损坏"}
	bars, spans := Bars{Frame: frame}, Spans{Frame: frame}
	for i, name := range names {
		bars.Bars = append(bars.Bars, Bar{Label: name, Value: float64(40 * i)})
		spans.Spans = append(spans.Spans, Span{Label: name, From: float64(i), To: float64(i + 2), Text: "2 days"})
	}
	series := Series{Frame: frame, Panels: []Panel{{Name: names[0], Observed: []float64{1, 2, 3}}}}
	text := regexp.MustCompile(`<text class="(\w+)" x="([0-9.]+)" y="([0-9.]+)" text-anchor="(\w+)">([^<]*)<`)
	for name, picture := range map[string][]byte{"bars": bars.SVG(), "spans": spans.SVG(), "series": series.SVG()} {
		var title strings.Builder
		said := map[string]bool{}
		_, height := size(picture)
		for _, m := range text.FindAllStringSubmatch(string(picture), -1) {
			x, _ := strconv.ParseFloat(m[2], 64)
			y, _ := strconv.ParseFloat(m[3], 64)
			em := map[string]float64{"title": 15, "ink": 12, "small": 11}[m[1]]
			left := x - map[string]float64{"start": 0, "middle": 0.5, "end": 1}[m[4]]*wide(m[5], em)
			if em == 0 || left < 0 || left+wide(m[5], em) > 320 || y > height {
				t.Errorf("%s: %q is not in the picture", name, m[0])
			}
			if m[1] == "title" {
				title.WriteString(m[5] + " ")
			}
			said[m[5]] = true
		}
		if strings.Join(strings.Fields(title.String()), "") != strings.Join(strings.Fields(frame.Title), "") {
			t.Errorf("%s: the title is %q", name, title.String())
		}
		for _, n := range names {
			if name != "series" && !said[n] {
				t.Errorf("%s: does not name %q", name, n)
			}
		}
	}
}
