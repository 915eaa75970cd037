package duty

import (
	"embed"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
)

// Policies is who may do what in this room, as Cedar text.
//
//go:embed policies.cedar
var Policies []byte

// Schema is what policies may say of this room's dossiers, as a Cedar schema.
//
//go:embed schema.cedarschema
var Schema []byte

// Messages holds this room's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Resource returns a document as Cedar sees it, whether it has versions yet or not.
func Resource(id civic.DossierID, s State) types.Entity {
	return types.Entity{
		UID: types.NewEntityUID("Duty", types.String(id)),
		Attributes: types.NewRecord(types.RecordMap{
			"document": types.String(id.Key()),
			"versions": types.Long(len(s.Versions)),
		}),
	}
}
