// What lies under the realm's own boundaries where the operator brought a map, all of it files of our own server: vector tiles in one PMTiles file (version 3), with the
// layers of the Protomaps basemap schema, version 4 (https://docs.protomaps.com/basemaps/layers), drawn quietly, in colours that pages have
// anyway; or a style (https://maplibre.org/maplibre-style-spec/), which the server has held to files of its own.
/*! PMTiles, BSD 3-Clause License, Copyright 2021 Protomaps LLC; fflate, MIT License, Copyright (c) 2026 Arjun Barrett */
import { Protocol } from "pmtiles";

// read is what MapLibre asks for addresses that begin with pmtiles:.
export const read = new Protocol().tile;

const absolute = (path) => location.origin + path;

// under is what lies under the map of an element, for the set of colours that the reader sees, and in which colours the map draws what lies on it. A style that was made
// for light stands under dark pages too where there is none for dark, and then what lies on it has the colours of light pages. High contrast has a style of its own or none,
// since nobody knows of another whether it keeps the differences that were asked for.
export async function under({ dataset }, set, colour, lang) {
  if (dataset.basemap) {
    const source = { type: "vector", url: `pmtiles://${absolute(dataset.basemap)}` };
    return { style: { sources: { basemap: source }, layers: layers(colour, lang) }, colour };
  }
  const styles = { light: dataset.styleLight, dark: dataset.styleDark, contrast: dataset.styleContrast };
  const address = styles[set] || (set !== "contrast" && styles.light);
  if (!address) return null;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return { style: ours(await answer.json(), lang), colour: styles[set] ? colour : (name) => LIGHT[name] };
}

// ours makes a style's addresses whole, as MapLibre wants them, and keeps its names apart from those of the map's own layers.
function ours({ metadata, glyphs, sprite, sources, layers, ...rest }, lang) {
  const apart = (name) => `base-${name}`;
  const whole = (value) => typeof value === "string" && value.replace(/^(pmtiles:\/\/)?\//, (_, scheme = "") => `${scheme}${location.origin}/`);
  const style = {
    ...rest,
    sources: Object.fromEntries(Object.entries(sources).map(([id, { url, data, ...source }]) => [apart(id), { ...source, ...(url && { url: whole(url) }), ...(data && { data: whole(data) || data }) }])),
    layers: layers.map((layer) => ({ ...layer, id: apart(layer.id), ...(layer.source && { source: apart(layer.source) }), ...(layer.layout?.["text-field"] && { layout: { ...layer.layout, "text-field": named(layer.layout["text-field"], lang) } }) })),
  };
  if (sprite) style.sprite = whole(sprite) || sprite.map(({ id, url }) => ({ id, url: whole(url) }));
  if (glyphs) style.glyphs = "glyphs://{fontstack}/{range}";
  letters = { address: glyphs, fonts: metadata?.fonts };
  return style;
}

let letters;

// glyphs is what MapLibre asks for addresses that begin with glyphs:, which it does for the letters of our own layers too. It draws with the device's fonts what is refused.
export async function glyphs({ url }, { signal }) {
  const [, stack, range] = url.match(/^glyphs:\/\/(.*)\/([^/]*)$/);
  const font = [stack, ...stack.split(",")].find((name) => letters.fonts.includes(name));
  if (!font) throw new Error(`the style has no glyphs of ${stack}`);
  const answer = await fetch(letters.address.replace("{fontstack}", () => encodeURIComponent(font)).replace("{range}", range), { signal });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return { data: await answer.arrayBuffer() };
}

// named puts the name in the reader's language, where the tiles have it, before a text that is made of names and nothing else.
export function named(text, lang) {
  if (Array.isArray(text) && text[0] === "step") return text.map((part, n) => n >= 2 && n % 2 === 0 ? named(part, lang) : part);
  const said = mentioned(text);
  if (said.length === 0 || !said.every((property) => /^(pgf:)?(name|script)/.test(property))) return text;
  const hers = [`name:${lang}`, `name:${lang.split("-")[0]}`].flatMap((property) => [["has", property], ["get", property]]);
  return ["case", ...hers, typeof text === "string" ? tokens(text) : text];
}

// mentioned are the properties that a text is made of.
function mentioned(text) {
  if (typeof text === "string") return [...text.matchAll(/{([^{}]+)}/g)].map(([, property]) => property);
  if (!Array.isArray(text) || text[0] === "literal") return [];
  if ((text[0] === "get" || text[0] === "has") && typeof text[1] === "string") return [text[1]];
  return text.flatMap((part) => Array.isArray(part) ? mentioned(part) : []);
}

// tokens writes "{name} and words", as old styles have it, as an expression.
function tokens(text) {
  return ["concat", ...text.split(/({[^{}]+})/).filter(Boolean).map((part) => part[0] === "{" ? ["coalesce", ["get", part.slice(1, -1)], ""] : part)];
}

// layers are those of the Protomaps basemap schema.
function layers(colour, lang) {
  const layer = (id, type, from, rest) => ({ id: `base-${id}`, type, source: "basemap", "source-layer": from, ...rest });
  const kind = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
  const areas = ["==", ["geometry-type"], "Polygon"];
  const grows = (from, to) => ["interpolate", ["exponential", 1.6], ["zoom"], 9, from, 18, to];
  const road = (id, kinds, minzoom, from, to) => layer(id, "line", "roads", {
    filter: kind(...kinds), minzoom, layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour("map-line"), "line-opacity": 0.45, "line-width": grows(from, to) },
  });
  const name = ["coalesce", ["get", `name:${lang}`], ["get", `name:${lang.split("-")[0]}`], ["get", "name"]];
  const label = (id, from, rest, layout) => layer(id, "symbol", from, {
    ...rest, layout: { "text-field": name, "text-size": 12, "text-font": ["system-ui", "sans-serif"], "text-max-width": 8, ...layout },
    paint: { "text-color": colour("quiet"), "text-halo-color": colour("map-place"), "text-halo-width": 1.25 },
  });
  return [
    layer("earth", "fill", "earth", { filter: areas, paint: { "fill-color": colour("map-place") } }),
    layer("green", "fill", "landuse", {
      filter: kind("park", "forest", "wood", "nature_reserve", "national_park", "protected_area", "cemetery", "golf_course", "grass", "grassland", "scrub", "allotments", "village_green", "playground"),
      paint: { "fill-color": colour("good-sunk") },
    }),
    layer("water", "fill", "water", { filter: areas, paint: { "fill-color": colour("info-sunk") } }),
    layer("shore", "line", "water", { minzoom: 9, filter: kind("river", "canal", "stream", "water", "lake", "ocean"), paint: { "line-color": colour("map-line"), "line-opacity": 0.35, "line-width": 0.75 } }),
    road("minor", ["minor_road"], 12, 0.25, 9),
    road("major", ["major_road"], 9, 0.5, 13),
    road("highway", ["highway"], 6, 1, 16),
    layer("rail", "line", "roads", { filter: kind("rail"), minzoom: 12, paint: { "line-color": colour("map-line"), "line-opacity": 0.6, "line-width": 1, "line-dasharray": [4, 2] } }),
    layer("boundary", "line", "boundaries", { paint: { "line-color": colour("map-line"), "line-opacity": 0.7, "line-width": 1, "line-dasharray": [3, 2] } }),
    label("road-name", "roads", { minzoom: 14, filter: kind("highway", "major_road", "minor_road") }, { "symbol-placement": "line", "text-size": 11 }),
    label("place-name", "places", { filter: kind("locality", "neighbourhood", "macrohood") }),
  ];
}
