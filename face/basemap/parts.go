package basemap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// glyphRange is what {range} stands for: 256 code points, a multiple of 256 on (MapLibre Style Specification, Glyphs).
var glyphRange = regexp.MustCompile(`^\d{1,7}-\d{1,7}$`)

// readGlyphs offers the glyphs that lie where a style says, a folder for each font.
func (s *style) readGlyphs(text json.RawMessage) string {
	address := word(text)
	name, err := local(address)
	before, ending, ok := strings.Cut(name, "{fontstack}/{range}")
	if err == nil && (!ok || before != "" && !strings.HasSuffix(before, "/") || strings.ContainsAny(before+ending, "{}") || ending != ".pbf") {
		err = fmt.Errorf("%q should be FOLDER/{fontstack}/{range}.pbf", address)
	}
	if err != nil {
		s.refuse("glyphs", err)
		return ""
	}
	files, err := fs.Glob(s.in.FS(), escaped(before)+"*/*.pbf")
	if err != nil {
		s.refuse("glyphs", err)
	}
	for _, file := range files {
		font, last := path.Base(path.Dir(file)), strings.TrimSuffix(path.Base(file), ending)
		if !glyphRange.MatchString(last) {
			continue
		}
		s.in.served[file] = onDisk{s.in.Root, file, "application/x-protobuf", keep}
		if !slices.Contains(s.fonts, font) {
			s.fonts = append(s.fonts, font)
		}
	}
	if len(s.fonts) == 0 {
		s.refuse("glyphs", fmt.Errorf("are not there: no file such as %s", strings.NewReplacer("{fontstack}", "Noto Sans Regular", "{range}", "0-255").Replace(name)))
	}
	return at(name)
}

// escaped is a name for fs.Glob that means itself.
func escaped(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

// readSprites offers icons: one sheet, or several, each with its id.
func (s *style) readSprites(text json.RawMessage) any {
	if len(text) > 0 && text[0] == '"' {
		return s.readSprite("sprite", word(text))
	}
	var sheets []struct {
		ID  string `json:"id"`
		URL string `json:"url"`
	}
	if err := json.Unmarshal(text, &sheets); err != nil {
		s.refuse("sprite", errors.New("is neither an address nor a list of addresses with ids"))
		return nil
	}
	for i := range sheets {
		sheets[i].URL = s.readSprite(fmt.Sprintf("sprite[%d].url", i), sheets[i].URL)
	}
	return sheets
}

// readSprite offers a sheet of icons: picture and index, and both for screens of twice the density. Where the latter are missing, the former stand for them.
func (s *style) readSprite(where, address string) string {
	name, err := local(address)
	if err != nil {
		s.refuse(where, err)
		return ""
	}
	for _, form := range []struct {
		ending, kind string
		good         func([]byte) error
	}{{".json", "application/json", isJSON}, {".png", "image/png", isPNG}} {
		once, twice := name+form.ending, name+"@2x"+form.ending
		s.refuse(where, s.in.whole(once, form.kind, askAgain, form.good))
		if _, err := s.in.Stat(name + "@2x.png"); errors.Is(err, fs.ErrNotExist) {
			s.in.served[twice] = s.in.served[once]
			continue
		}
		s.refuse(where, s.in.whole(twice, form.kind, askAgain, form.good))
	}
	return at(name)
}

// drawsFrom are the types of sources that each type of layer draws (MapLibre Style Specification, Layers).
var drawsFrom = map[string][]string{
	"background": nil, "raster": {"raster"}, "hillshade": {"raster-dem"}, "color-relief": {"raster-dem"},
	"fill": {"vector", "geojson"}, "line": {"vector", "geojson"}, "symbol": {"vector", "geojson"}, "circle": {"vector", "geojson"}, "heatmap": {"vector", "geojson"}, "fill-extrusion": {"vector", "geojson"},
}

// readLayers holds the layers against the sources, fonts and icons that there are. What they look like is looked at by the map itself.
func (s *style) readLayers(text json.RawMessage) {
	var layers []struct {
		ID          string `json:"id"`
		Type        string `json:"type"`
		Source      any    `json:"source"`
		SourceLayer string `json:"source-layer"`
		Layout      struct {
			Field any `json:"text-field"`
			Font  any `json:"text-font"`
		} `json:"layout"`
	}
	if err := json.Unmarshal(text, &layers); err != nil || len(layers) == 0 {
		s.refuse("layers", errors.New("are missing, or no list of layers"))
		return
	}
	seen, lack := map[string]bool{}, map[string][]string{}
	for i, l := range layers {
		where := fmt.Sprintf("layers[%d] (%s)", i, l.ID)
		if l.ID == "" || seen[l.ID] {
			s.refuse(where, errors.New("has no id of its own"))
		}
		seen[l.ID] = true
		from, ok := drawsFrom[l.Type]
		if !ok {
			s.refuse(where, fmt.Errorf("is of type %q, which the map does not know", l.Type))
			continue
		}
		if l.Layout.Field != nil && len(s.fonts) > 0 {
			for _, font := range missing(s.fonts, stacks(l.Layout.Font, l.Layout.Field)) {
				lack[font] = append(lack[font], l.ID)
			}
		}
		if from == nil {
			continue
		}
		id, _ := l.Source.(string)
		source, ok := s.sources[id]
		switch {
		case !ok:
			s.refuse(where, fmt.Errorf("draws the source %q, which the style does not have", id))
		case source.kind == "": // refused as it is
		case !slices.Contains(from, source.kind):
			s.refuse(where, fmt.Errorf("is of type %s, and its source %s of type %s", l.Type, id, source.kind))
		case source.kind == "vector" && l.SourceLayer == "":
			s.refuse(where, fmt.Errorf("does not say which source-layer of %s it draws", id))
		case source.kind == "vector" && slices.Contains(source.layers, l.SourceLayer):
			source.fits = true
			s.sources[id] = source
		}
	}
	for _, font := range slices.Sorted(maps.Keys(lack)) {
		s.refuse("glyphs", fmt.Errorf("have no folder %q, in which %s is written; there are %s", font, lack[font][0], strings.Join(s.fonts, ", ")))
	}
	for _, id := range slices.Sorted(maps.Keys(s.sources)) {
		source := s.sources[id]
		if len(source.layers) > 0 && !source.fits { // where the file does not say what it holds, nobody knows
			s.refuse("sources."+id, fmt.Errorf("is made for other tiles: no layer draws one of %s, which %s holds", strings.Join(source.layers, ", "), source.tiles))
		}
	}
}

// defaultFont is what is written in where a layer does not say (MapLibre Style Specification, text-font).
var defaultFont = []string{"Open Sans Regular", "Arial Unicode MS Regular"}

// stacks are the lists of fonts that a layer may write in, as they stand in its expressions or functions.
func stacks(font, field any) [][]string {
	var found [][]string
	var walk func(value any, list bool)
	walk = func(value any, list bool) {
		switch v := value.(type) {
		case []any:
			if names := allWords(v); list && len(names) > 0 && !operator.MatchString(names[0]) {
				found = append(found, names)
				return
			}
			literal := len(v) == 2 && v[0] == "literal"
			for _, part := range v {
				walk(part, literal || list && len(v) == 2) // a stop of a function is a zoom and a value
			}
		case map[string]any:
			if f, ok := v["text-font"]; ok { // an option of ["format", …]
				walk(f, true)
			}
			if stops, ok := v["stops"].([]any); ok {
				for _, stop := range stops {
					walk(stop, true)
				}
			}
		}
	}
	walk(field, false)
	if font == nil {
		return append(found, defaultFont)
	}
	walk(font, true)
	return found
}

// operator is how the name of an expression looks; those of fonts have capitals.
var operator = regexp.MustCompile(`^[a-z-]+$`)

func allWords(list []any) []string {
	var words []string
	for _, part := range list {
		w, ok := part.(string)
		if !ok {
			return nil
		}
		words = append(words, w)
	}
	return words
}

// missing are the lists of which no font is there, each once.
func missing(fonts []string, stacks [][]string) []string {
	var none []string
	for _, stack := range stacks {
		whole := strings.Join(stack, ",")
		there := slices.Contains(fonts, whole) || slices.ContainsFunc(stack, func(f string) bool { return slices.Contains(fonts, f) })
		if !there && !slices.Contains(none, whole) {
			none = append(none, whole)
		}
	}
	return none
}
