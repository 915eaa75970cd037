// Package basemap serves the map that an operator may lay under the realm's own boundaries: one file of vector tiles on the
// server's own disk, in the format PMTiles, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md), with the
// layers of the Protomaps basemap schema, version 4 (https://docs.protomaps.com/basemaps/layers). The browser reads the parts
// that it shows by ranges (RFC 9110, 14); no request leaves the realm's own address.
package basemap
