package matter

import "embed"

// Messages holds this room's texts, messages.<language>.json: key → text with {name} placeholders.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS
