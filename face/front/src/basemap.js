// What lies under the realm's own boundaries where the operator added a file for it: vector tiles in one PMTiles file (version 3) of our own server, with the
// layers of the Protomaps basemap schema, version 4 (https://docs.protomaps.com/basemaps/layers). It is drawn quietly, in colours that pages have
// anyway: what the map is about lies on top. Names are drawn with the device's fonts.
/*! PMTiles, BSD 3-Clause License, Copyright 2021 Protomaps LLC; fflate, MIT License, Copyright (c) 2026 Arjun Barrett */
import { Protocol } from "pmtiles";

// read is what MapLibre asks for addresses that begin with pmtiles:.
export const read = new Protocol().tile;

// source says where the tiles come from: a path of our own server.
export const source = (path) => ({ type: "vector", url: `pmtiles://${location.origin}${path}` });

export function layers(colour, lang) {
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
