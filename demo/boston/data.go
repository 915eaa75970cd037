package boston

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
)

//go:embed data names.csv
var files embed.FS

// Mapping says how the source's columns are read by `skein import`.
//
//go:embed mapping.yaml
var Mapping []byte

// Source is the city's file as it came, CSV.
func Source() ([]byte, error) { return unpack("data/boston-311-2011h2.csv.gz") }

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
