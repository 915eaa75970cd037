// Stands for @maplibre/mlt, which reads tiles in MapLibre's own format: all of ours are Mapbox Vector Tiles, version 2.
export const GEOMETRY_TYPE = {};
export function decodeTile() {
  throw new Error("tiles are read in the format of Mapbox alone");
}
