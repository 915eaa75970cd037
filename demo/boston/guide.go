package boston

import (
	"embed"
	"io/fs"
)

//go:embed guide/*.yaml
var articles embed.FS

// Articles are the texts of the demonstration's guide, by file. They are invented, and say so.
func Articles() (map[string][]byte, error) {
	out := map[string][]byte{}
	names, err := fs.Glob(articles, "guide/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if out[name], err = articles.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}
