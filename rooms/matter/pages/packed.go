package pages

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"hash/fnv"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"skein/face"
	"skein/face/front"
	"skein/frame/civic"
)

// packed is an answer for everyone that is made once and sent many times: as gzip, which nearly every reader takes.
type packed struct {
	gzip []byte
	name string // of what is in it, for entity tags
}

func pack(plain []byte) *packed {
	var b bytes.Buffer
	g := packers.Get().(*gzip.Writer)
	defer packers.Put(g)
	g.Reset(&b)
	g.Write(plain)
	g.Close()
	name := fnv.New128a()
	name.Write(plain)
	return &packed{slices.Clip(b.Bytes()), hex.EncodeToString(name.Sum(nil))}
}

var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// packedPart is how much is sent at once.
const packedPart = 64 << 10

// sendPacked sends it, or says that it has not changed; each encoding is a representation of its own (RFC 9110, 8.8.3).
func sendPacked(w http.ResponseWriter, r *http.Request, t *packed) {
	h := w.Header()
	etag, zipped := `"`+t.name+`"`, front.AcceptsGzip(r.Header.Get("Accept-Encoding"))
	if zipped {
		etag = `"` + t.name + `.gz"`
	}
	h.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	out := face.Patient(w)
	if !zipped {
		if plain, err := gzip.NewReader(bytes.NewReader(t.gzip)); err == nil {
			io.CopyBuffer(out, plain, make([]byte, packedPart))
		}
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(len(t.gzip)))
	for part := range slices.Chunk(t.gzip, packedPart) {
		if _, err := out.Write(part); err != nil {
			return
		}
	}
}

// ofVersion keeps what was made of a version of the registers until there is a newer one. The zero value is ready to use.
type ofVersion[K comparable, T any] struct {
	mu      sync.Mutex
	version civic.Position
	made    map[K]T
}

// get gives what was made first where two make it at once.
func (o *ofVersion[K, T]) get(version civic.Position, key K, anew func() (T, error)) (T, error) {
	o.mu.Lock()
	made, ok := o.made[key]
	ok = ok && o.version == version
	o.mu.Unlock()
	if ok {
		return made, nil
	}
	made, err := anew()
	if err != nil {
		return made, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if version < o.version {
		return made, nil
	}
	if version > o.version || o.made == nil {
		o.version, o.made = version, map[K]T{}
	}
	if first, ok := o.made[key]; ok {
		return first, nil
	}
	o.made[key] = made
	return made, nil
}
