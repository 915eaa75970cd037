// Package basemap serves the map that an operator may lay under the realm's own boundaries, of files on the server's own disk: one file of vector tiles
// in the format PMTiles, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md), with the layers of the Protomaps basemap schema, version 4
// (https://docs.protomaps.com/basemaps/layers), which pages draw in colours of their own; or a style (https://maplibre.org/maplibre-style-spec/) with the
// files that it names. Browsers read the parts of tiles that they show by ranges (RFC 9110, 14); no request leaves the realm's own address.
package basemap
