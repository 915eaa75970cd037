package basemap

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sets are the sets of colours that a style can be made for. That of light pages is the file that the operator names; the others lie beside it, as
// NAME.dark.json and NAME.contrast.json, where she made them.
var Sets = []string{"light", "dark", "contrast"}

// kept are the properties of a style that the map shows. What moves the map, who made the style and with which tool is left out.
var kept = []string{"version", "sources", "layers", "light", "state"}

// ofSource are the properties that a source may have, by its type (MapLibre Style Specification, Sources). Its credit is taken out: it is shown as text.
var ofSource = map[string][]string{
	"vector":     {"bounds", "minzoom", "maxzoom", "promoteId", "volatile"},
	"raster":     {"bounds", "minzoom", "maxzoom", "tileSize", "volatile"},
	"raster-dem": {"bounds", "minzoom", "maxzoom", "tileSize", "encoding", "redFactor", "greenFactor", "blueFactor", "baseShift", "volatile"},
	"geojson":    {"maxzoom", "buffer", "filter", "tolerance", "cluster", "clusterRadius", "clusterMaxZoom", "clusterMinPoints", "clusterProperties", "lineMetrics", "generateId", "promoteId"},
}

// OpenStyle opens a style, those beside it for other sets of colours, and every file that they name. A credit that the operator says goes before theirs.
func OpenStyle(name, credit string) (*Map, error) {
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	in := &folder{Root: root, tiles: map[string]*File{}, served: map[string]http.Handler{}}
	m := &Map{Credit: Plain(credit), Styles: map[string]string{}, files: in.served}
	var credits []string
	var wrong error
	for _, set := range Sets {
		file := filepath.Base(name)
		if set != Sets[0] {
			file = strings.TrimSuffix(file, ".json") + "." + set + ".json"
			if _, err := root.Stat(file); errors.Is(err, fs.ErrNotExist) {
				continue
			}
		}
		s := &style{in: in, said: m.Credit != ""}
		if err := s.read(file); err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s %w", filepath.Join(filepath.Dir(name), file), err))
			continue
		}
		m.Styles[set], in.served[file] = at(file), hold(s.written)
		credits = append(credits, s.credits...)
	}
	m.open = []io.Closer{root}
	for _, t := range in.tiles {
		m.open = append(m.open, t.file)
		m.Covers = append(m.Covers, t.covers)
	}
	if m.Credit == "" {
		slices.Sort(credits)
		m.Credit = strings.Join(slices.Compact(credits), " · ")
	}
	if wrong == nil {
		if err := fits(m.Credit); err != nil {
			wrong = fmt.Errorf("%s %w", name, err)
		}
	}
	if wrong != nil {
		m.Close()
		return nil, wrong
	}
	return m, nil
}

// style is one that is being read.
type style struct {
	in      *folder
	said    bool // the operator said whom to credit
	credits []string
	sources map[string]source
	fonts   []string
	wrong   []error
	written []byte
}

// source is what the layers of a style must fit.
type source struct {
	kind   string
	layers []string // those that its tiles hold
	tiles  string   // the file
	fits   bool     // some layer draws what the tiles hold
}

// mostWrong is how much that is wrong is told at once.
const mostWrong = 12

func (s *style) refuse(where string, err error) {
	if err != nil {
		s.wrong = append(s.wrong, fmt.Errorf("%s %w", where, err))
	}
}

// read reads a style, and writes it as browsers get it: with the addresses of our own server, and nothing in it that they would not use.
func (s *style) read(file string) error {
	text, err := s.in.content(file)
	if err != nil {
		return err
	}
	var in map[string]json.RawMessage
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("is no style: %w", err)
	}
	if v := string(in["version"]); v != "8" {
		return fmt.Errorf("is no style of version 8 (it says %s)", cmp.Or(v, "none"))
	}
	out := map[string]any{}
	for _, property := range kept {
		if value, ok := in[property]; ok {
			out[property] = value
		}
	}
	if _, ok := in["font-faces"]; ok {
		s.refuse("font-faces", errors.New("are font files, which are not served: say glyphs"))
	}
	out["sources"] = s.readSources(in["sources"])
	if glyphs, ok := in["glyphs"]; ok {
		out["glyphs"] = s.readGlyphs(glyphs)
		out["metadata"] = map[string]any{"fonts": s.fonts}
	}
	if sprite, ok := in["sprite"]; ok {
		out["sprite"] = s.readSprites(sprite)
	}
	s.readLayers(in["layers"])
	if n := len(s.wrong); n > mostWrong {
		s.wrong = append(s.wrong[:mostWrong], fmt.Errorf("and %d more", n-mostWrong))
	}
	if err := errors.Join(s.wrong...); err != nil {
		return fmt.Errorf("is not served:\n%w", err)
	}
	s.written, err = json.Marshal(out)
	return err
}

// readSources looks at what a style draws.
func (s *style) readSources(text json.RawMessage) map[string]map[string]any {
	var in map[string]map[string]json.RawMessage
	if err := json.Unmarshal(text, &in); err != nil {
		s.refuse("sources", errors.New("are missing, or no object"))
	}
	s.sources = map[string]source{}
	out := map[string]map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(in)) {
		where := "sources." + id
		properties := in[id]
		kind := word(properties["type"])
		allowed, ok := ofSource[kind]
		if !ok {
			s.refuse(where, fmt.Errorf("is of type %q: vector, raster, raster-dem and geojson can be shown", kind))
			s.sources[id] = source{}
			continue
		}
		o := map[string]any{"type": kind}
		for _, property := range allowed {
			if value, ok := properties[property]; ok {
				o[property] = value
			}
		}
		found := source{kind: kind}
		credit := Plain(word(properties["attribution"]))
		if kind == "geojson" {
			o["data"] = s.readData(where+".data", properties["data"])
		} else if t := s.readTiles(where, kind, properties); t != nil {
			o["url"] = "pmtiles://" + at(t.name)
			found.layers, found.tiles = t.layers, t.name
			credit = cmp.Or(credit, t.credit)
			if credit == "" && !s.said {
				s.refuse(where, errors.New("does not say whom to credit, and neither does its file: say it as its attribution, or by --basemap-credit"))
			}
		}
		if credit != "" {
			s.credits = append(s.credits, credit)
		}
		s.sources[id], out[id] = found, o
	}
	return out
}

type namedFile struct {
	*File
	name string
}

// readTiles opens the file of tiles that a source names.
func (s *style) readTiles(where, kind string, properties map[string]json.RawMessage) *namedFile {
	if tiles, ok := properties["tiles"]; ok {
		s.refuse(where+".tiles", fmt.Errorf("are addresses of single tiles (%s): make one file of them (`pmtiles convert`), put it beside the style and say \"url\": \"pmtiles://NAME.pmtiles\" instead", brief(tiles)))
		return nil
	}
	address := word(properties["url"])
	inner, ok := strings.CutPrefix(address, "pmtiles://")
	if !ok {
		s.refuse(where+".url", fmt.Errorf("%q is no file of tiles here: put a PMTiles file beside the style and say \"pmtiles://NAME.pmtiles\"", address))
		return nil
	}
	name, err := local(inner)
	if err != nil {
		s.refuse(where+".url", err)
		return nil
	}
	t, err := s.in.tilesOf(name)
	if err != nil {
		s.refuse(where+".url", err)
		return nil
	}
	if want := strings.TrimSuffix(kind, "-dem"); t.kind != want {
		s.refuse(where, fmt.Errorf("is of type %s, and %s holds %s tiles", kind, name, t.kind))
	}
	return &namedFile{t, name}
}

// readData takes GeoJSON (RFC 7946) as it stands in the style, or the file that it names.
func (s *style) readData(where string, data json.RawMessage) any {
	if len(data) == 0 {
		s.refuse(where, errors.New("is missing"))
		return nil
	}
	if data[0] != '"' {
		return data
	}
	name, err := local(word(data))
	if err == nil {
		err = s.in.whole(name, "application/geo+json", askAgain, isJSON)
	}
	s.refuse(where, err)
	return at(name)
}

// word is a value that is a string; "" where it is none.
func word(value json.RawMessage) (text string) {
	if json.Unmarshal(value, &text) != nil {
		return ""
	}
	return text
}

// brief is the beginning of a value, to know it by.
func brief(value []byte) string {
	if runes := []rune(string(value)); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return string(value)
}
