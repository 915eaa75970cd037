package boston

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
)

//go:embed data names.csv
var files embed.FS

// unpack reads a gzipped file of the package whole.
func unpack(name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}
