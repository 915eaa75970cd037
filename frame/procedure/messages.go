package procedure

import "embed"

// Messages holds the texts of this package, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS
