package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"skein/frame/civic"
)

// Peers are the logs that a realm watches, and the witnesses that it asks.
type Peers struct {
	Witnesses []Peer  `json:"witnesses"`
	Watch     []Watch `json:"watch"`
	// Quorum is how many witnesses must have cosigned a checkpoint before it counts as witnessed: 1. Two keys of one
	// name are one witness.
	Quorum *int `json:"quorum"`
}

// Peer is a witness that is asked.
type Peer struct {
	Key string `json:"key"` // a vkey of tlog-cosignature, or the plain one of the same key
	URL string `json:"url"` // what add-checkpoint is put after (tlog-witness: the submission prefix)
	// Inside lets the address be one of this machine or of a private network, without https.
	Inside bool `json:"inside"`

	verifier note.Verifier
}

// Name is the witness's name.
func (p *Peer) Name() string {
	name, _, _ := strings.Cut(p.Key, "+")
	return name
}

// Watch is a key of a log that is watched; a log whose key was replaced has several.
type Watch struct {
	Key string `json:"key"`
	// Origin is the log's, where it is not its key's name.
	Origin string `json:"origin"`
}

func (l *Watch) origin() string {
	if l.Origin != "" {
		return l.Origin
	}
	name, _, _ := strings.Cut(l.Key, "+")
	return name
}

// ParsePeers reads a file of peers; path is what refusals call it. Refusals name the field: seal.peers_unreadable,
// seal.peers_field, seal.peers_kind, seal.peers_key, seal.peers_twice, seal.peers_url, seal.peers_https, seal.peers_origin,
// seal.peers_quorum.
func ParsePeers(path string, text []byte) (Peers, error) {
	var p Peers
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	err := d.Decode(&p)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = errors.New("there is more after the end of the object")
		}
	}
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return p, civic.Refuse(civic.Invalid, "seal.peers_kind", "path", path, "kind", kind.Value).In(kind.Field)
	case err != nil:
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			name, _ = strconv.Unquote(name)
			return p, civic.Refuse(civic.Invalid, "seal.peers_field", "path", path).In(name)
		}
		return p, civic.Refuse(civic.Invalid, "seal.peers_unreadable", "path", path, "cause", err.Error())
	}
	var faults civic.Refusals
	refuse := func(field, key string, args ...any) {
		faults = append(faults, civic.Refuse(civic.Invalid, key, append([]any{"path", path}, args...)...).In(field))
	}
	seen, names := map[string]bool{}, map[string]bool{}
	for i := range p.Witnesses {
		w := &p.Witnesses[i]
		at := fmt.Sprintf("witnesses[%d]", i)
		if w.verifier, err = keyOfWitness(w.Key); err != nil {
			refuse(at+".key", "seal.peers_key", "key", w.Key)
		} else if id := fmt.Sprintf("%s+%08x", w.Name(), w.verifier.KeyHash()); seen[id] {
			refuse(at+".key", "seal.peers_twice")
		} else {
			seen[id], names[w.Name()] = true, true
		}
		u, err := url.Parse(w.URL)
		switch {
		case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
			refuse(at+".url", "seal.peers_url", "url", w.URL)
		case u.Scheme == "http" && !w.Inside:
			refuse(at+".url", "seal.peers_https", "url", w.URL)
		}
	}
	seen = map[string]bool{}
	for i := range p.Watch {
		l := &p.Watch[i]
		at := fmt.Sprintf("watch[%d]", i)
		if _, err := keysOfLog(l.Key); err != nil {
			refuse(at+".key", "seal.peers_key", "key", l.Key)
		} else if id := l.origin() + "\n" + l.Key; seen[id] {
			refuse(at+".key", "seal.peers_twice")
		} else {
			seen[id] = true
		}
		if strings.ContainsAny(l.Origin, "\r\n") {
			refuse(at+".origin", "seal.peers_origin")
		}
	}
	if q := p.Quorum; len(faults) == 0 && q != nil && (*q < 1 || *q > len(names)) {
		refuse("quorum", "seal.peers_quorum", "quorum", *q, "witnesses", len(names))
	}
	return p, faults.Err()
}

// Apart holds that no witness is the realm's own, which would say nothing that the log's key does not say.
// Refusal: seal.peers_self.
func (p *Peers) Apart(path string, c Config) error {
	own, err := OpenKey(witnessPath(c.Folder, c.Realm))
	if err != nil {
		return nil // it has none
	}
	for i := range p.Witnesses {
		if w := &p.Witnesses[i]; w.Name() == own.Name() && w.verifier.KeyHash() == own.timed {
			return civic.Refuse(civic.Invalid, "seal.peers_self", "path", path).In(fmt.Sprintf("witnesses[%d].key", i))
		}
	}
	return nil
}
