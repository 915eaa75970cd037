package seal

import (
	"bytes"
	"path/filepath"
	"testing"
)

// FuzzRequest holds that a request reads in one way only, and that nothing in it makes a witness fall.
func FuzzRequest(f *testing.F) {
	key, err := CreateKey(filepath.Join(f.TempDir(), "k"), "city.example/log/boston")
	if err != nil {
		f.Fatal(err)
	}
	keys, err := keysOfLog(key.Verifier)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, ok := parseRequest(body)
		if !ok {
			return
		}
		if !bytes.Equal(r.format(), body) {
			t.Fatalf("%q reads back as %q", body, r.format())
		}
		if r.old < 0 || r.old > mostTree || len(r.proof) > mostProof {
			t.Fatalf("%+v", r)
		}
		o, ok := peekOffer(r.note)
		if !ok {
			return
		}
		if o.hold(r.note, keys) {
			t.Fatal("signed by a key that signed nothing")
		}
		for _, seen := range []Seen{{Tree: o.tree}, {}, {Said: 7}} {
			misfit(&seen, &o, &r)
		}
	})
}
