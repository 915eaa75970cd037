// Package open311 is the matter room's door for Open311 clients: GeoReport v2
// (https://wiki.open311.org/GeoReport_v2), complete, with page and page_size, and with
// service request updates as FixMyStreet has them. docs/open311.md tells how to use it.
//
// What is public here is what is public anywhere: private matters do not exist, blurred
// ones lie on their grid, a text or photo stands only once it was released. Reading needs
// no key. Writing needs a key of the use "open311"; who holds it vouches for nobody: it may
// report, and add to what it reported itself.
//
// Each resource is written once and comes out as XML and JSON alike (the Spark convention
// of the standard). All clients of 2010 sent and read is kept: suffixes, forms, parameters
// in the query, api_key in the form.
package open311

import "embed"

// Messages holds this door's texts.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS
