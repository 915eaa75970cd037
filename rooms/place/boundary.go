package place

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/science/geo"
)

// Boundary makes the public document of a boundary from a GeoJSON geometry, feature or
// collection of one polygon or multipolygon: the canonical form, a MultiPolygon with
// outer rings counterclockwise, and its digest.
func Boundary(geojson []byte) (digest string, document []byte, refusals civic.Refusals) {
	collection, err := geo.Parse(geojson, geo.Options{ArealOnly: true})
	if err != nil {
		refusals, _ = civic.AsRefusals(err)
		return "", nil, refusals
	}
	if n := len(collection.Features); n != 1 {
		return "", nil, civic.Refusals{civic.Refuse(civic.Invalid, "place.boundary_one", "features", n)}
	}
	digest, document = Document(collection.Features[0].Area)
	return digest, document, nil
}

// Document is the canonical form of an area and its digest.
func Document(a *geo.Area) (digest string, document []byte) {
	document = a.AppendGeoJSON(nil)
	return journal.DocumentDigest(document), document
}

// parseBoundary reads a canonical document.
func parseBoundary(document []byte) (*geo.Area, civic.Refusals) {
	collection, err := geo.Parse(document, geo.Options{ArealOnly: true})
	if err != nil {
		refusals, _ := civic.AsRefusals(err)
		return nil, refusals
	}
	if n := len(collection.Features); n != 1 {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "place.boundary_one", "features", n)}
	}
	a := collection.Features[0].Area
	if !bytes.Equal(a.AppendGeoJSON(nil), document) {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "place.boundary_not_canonical")}
	}
	return a, nil
}

// readAreas fetches the missing boundaries one after the other, since the document store
// may be a transaction, and parses them side by side.
func readAreas(areas map[string]*geo.Area, missing map[string]civic.PlaceID, document func(string) ([]byte, error)) error {
	type job struct {
		digest, owner string
		content       []byte
	}
	jobs := make(chan job)
	var parsing sync.WaitGroup
	var lock sync.Mutex
	var fault error
	for range min(len(missing), runtime.GOMAXPROCS(0)) {
		parsing.Go(func() {
			for j := range jobs {
				collection, err := geo.Parse(j.content, geo.Options{ArealOnly: true})
				if err == nil && len(collection.Features) != 1 {
					err = fmt.Errorf("%d features", len(collection.Features))
				}
				lock.Lock()
				if err == nil {
					areas[j.digest] = collection.Features[0].Area
				} else if fault == nil {
					fault = fmt.Errorf("place: boundary %s of %s: %w", j.digest, j.owner, err)
				}
				lock.Unlock()
			}
		})
	}
	digests := make([]string, 0, len(missing))
	for d := range missing {
		digests = append(digests, d)
	}
	slices.Sort(digests)
	var absent error
	for _, d := range digests {
		content, err := documentOf(document, "boundary", d, string(missing[d]))
		if err != nil {
			absent = err
			break
		}
		jobs <- job{d, string(missing[d]), content}
	}
	close(jobs)
	parsing.Wait()
	if absent != nil {
		return absent
	}
	return fault
}
