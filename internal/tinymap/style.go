package tinymap

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	paint "image/draw"
	"image/png"
	"os"
	"path/filepath"
)

// StyleCredit is whom the style's map names: the file of its tiles, and the makers of what stands in the style itself.
const StyleCredit = "Invented & drawn for tests <b> · Trees of Inventon"

// Colours of what the style shows, which nothing else on a page has.
const (
	Land, DarkLand, Water, Trees, Letters = "#f0e010", "#302060", "#10a0f0", "#00c040", "#f00010"
	icon                                  = 0xe000e0
)

// Style is a style as an operator would bring it: tiles, GeoJSON in it and beside it, glyphs in which every letter is a box, and icons.
func Style() map[string]any {
	point := func(lon, lat float64, properties map[string]any) map[string]any {
		return map[string]any{"type": "FeatureCollection", "features": []any{map[string]any{
			"type": "Feature", "properties": properties, "geometry": map[string]any{"type": "Point", "coordinates": []float64{lon, lat}},
		}}}
	}
	written := func(id, source string, field any) map[string]any {
		return map[string]any{"id": id, "type": "symbol", "source": source, "layout": map[string]any{
			"text-field": field, "text-font": []string{"Not There", "Box Regular"}, "text-size": 24, "text-allow-overlap": true, "text-ignore-placement": true,
		}, "paint": map[string]any{"text-color": Letters}}
	}
	return map[string]any{
		"version": 8, "name": "Inventon", "metadata": map[string]any{"editor:token": "secret-of-the-editor"}, "center": []float64{0, 0}, "zoom": 3, "pitch": 60,
		"glyphs": "fonts/{fontstack}/{range}.pbf", "sprite": "icons/day",
		"sources": map[string]any{
			"town":  map[string]any{"type": "vector", "url": "pmtiles://tiny.pmtiles"},
			"trees": map[string]any{"type": "geojson", "data": "trees.geojson", "attribution": `<a href="https://trees.example/">Trees of Inventon</a>`},
			"name":  map[string]any{"type": "geojson", "data": point(-71.10, 42.33, map[string]any{"name": "MMM", "name:zh": "MMMMMMMMM"})},
			"other": map[string]any{"type": "geojson", "data": point(-71.10, 42.31, map[string]any{"name": "Ж"})},
		},
		"layers": []any{
			map[string]any{"id": "ground", "type": "background", "paint": map[string]any{"background-color": Land}},
			map[string]any{"id": "water", "type": "fill", "source": "town", "source-layer": "water", "filter": []any{"==", []any{"geometry-type"}, "Polygon"}, "paint": map[string]any{"fill-color": Water, "fill-antialias": false}},
			map[string]any{"id": "trees", "type": "fill", "source": "trees", "paint": map[string]any{"fill-color": Trees, "fill-antialias": false}},
			map[string]any{"id": "icon", "type": "symbol", "source": "name", "layout": map[string]any{"icon-image": "box", "icon-offset": []int{0, 40}, "icon-allow-overlap": true, "icon-ignore-placement": true}},
			written("name", "name", "{name}"), written("other", "other", []string{"get", "name"}),
		},
	}
}

// WriteStyle writes the style, changed if it shall be, its dark sister and all files of both into a folder, and returns the style's name.
func WriteStyle(folder string, change func(style map[string]any)) (string, error) {
	name := filepath.Join(folder, "style.json")
	dark := Style()
	dark["layers"].([]any)[0] = map[string]any{"id": "ground", "type": "background", "paint": map[string]any{"background-color": DarkLand}}
	style := Style()
	if change != nil {
		change(style)
	}
	sheet := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	paint.Draw(sheet, sheet.Bounds(), image.NewUniform(color.NRGBA{icon >> 16, icon >> 8 & 0xff, icon & 0xff, 0xff}), image.Point{}, paint.Src)
	var picture bytes.Buffer
	if err := png.Encode(&picture, sheet); err != nil {
		return "", err
	}
	for file, content := range map[string]any{
		"style.json": style, "style.dark.json": dark, "tiny.pmtiles": PMTiles(), "fonts/Box Regular/0-255.pbf": glyphs(), "icons/day.png": picture.Bytes(),
		"icons/day.json": map[string]any{"box": map[string]any{"x": 0, "y": 0, "width": 16, "height": 16, "pixelRatio": 1}},
		"trees.geojson":  map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{-71.08, 42.37}, {-71.02, 42.37}, {-71.02, 42.39}, {-71.08, 42.39}, {-71.08, 42.37}}}},
	} {
		text, ok := content.([]byte)
		if !ok {
			var err error
			if text, err = json.Marshal(content); err != nil {
				return "", err
			}
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, file)), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(folder, file), text, 0o600); err != nil {
			return "", err
		}
	}
	return name, nil
}

// glyphs is a range of glyphs (https://github.com/mapbox/node-fontnik/blob/master/proto/glyphs.proto), all of them one box: eighteen pixels each way, three around it.
func glyphs() []byte {
	number := func(b []byte, field, value uint64) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(b, field<<3), value)
	}
	part := func(b []byte, field uint64, content []byte) []byte {
		return append(binary.AppendUvarint(binary.AppendUvarint(b, field<<3|2), uint64(len(content))), content...)
	}
	stack := part(part(nil, 1, []byte("Box Regular")), 2, []byte("0-255"))
	for id := uint64(32); id < 256; id++ {
		glyph := part(number(nil, 1, id), 2, bytes.Repeat([]byte{0xff}, 24*24))
		for field, value := range []uint64{18, 18, 0, 15, 20} { // width, height, left, top (zigzag: 8 below), advance
			glyph = number(glyph, uint64(field)+3, value)
		}
		stack = part(stack, 3, glyph)
	}
	return part(nil, 1, stack)
}
