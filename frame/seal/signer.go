package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"skein/frame/civic"
)

// Signer is a key that signs notes: a log's, or a witness's.
type Signer struct {
	// Verifier is the key that anyone verifies with, as a vkey of signed-note.
	Verifier string

	name  string
	key   ed25519.PrivateKey
	plain note.Signer
	timed uint32 // key id of the timestamped signature
}

func newSigner(skey string) (*Signer, error) {
	plain, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(skey, "+", 5)[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, errors.New("seal: not a key of Ed25519")
	}
	s := &Signer{name: plain.Name(), plain: plain, key: ed25519.NewKeyFromSeed(raw[1:])}
	if s.Verifier, err = note.NewEd25519VerifierKey(s.name, s.key.Public().(ed25519.PublicKey)); err != nil {
		return nil, err
	}
	timed, err := tnote.NewVerifierForCosignatureV1(s.Verifier)
	if err != nil {
		return nil, err
	}
	s.timed = timed.KeyHash()
	return s, nil
}

// Name is the key's name: of a log, its origin.
func (s *Signer) Name() string { return s.name }

// timestamped signs as tlog-cosignature/v1, at a time of its own.
type timestamped struct {
	*Signer
	at int64 // seconds
}

func (t timestamped) KeyHash() uint32 { return t.timed }

func (t timestamped) Sign(text []byte) ([]byte, error) {
	sig := binary.BigEndian.AppendUint64(nil, uint64(t.at))
	return append(sig, ed25519.Sign(t.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", t.at, text))...), nil
}

// signAt signs a text plainly and with a time.
func (s *Signer) signAt(text string, at civic.Instant) (string, error) {
	signed, err := note.Sign(&note.Note{Text: text}, s.plain, timestamped{s, at.Time().Unix()})
	return string(signed), err
}

// Cosign gives the line of a timestamped signature over a text.
func (s *Signer) Cosign(text string, at civic.Instant) (string, error) {
	t := timestamped{s, at.Time().Unix()}
	sig, err := t.Sign([]byte(text))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("— %s %s\n", s.name, base64.StdEncoding.EncodeToString(append(binary.BigEndian.AppendUint32(nil, s.timed), sig...))), nil
}

// CreateKey makes a new key of a name in a file that must not exist, mode 0600, synced.
// Refusals: seal.key_exists, seal.key_unwritable.
func CreateKey(path, name string) (*Signer, error) {
	skey, _, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, err
	}
	unwritable := func(err error) error {
		return civic.Refuse(civic.Unavailable, "seal.key_unwritable", "path", path, "cause", err.Error())
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unwritable(err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return nil, unwritable(err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(skey + "\n")
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return nil, unwritable(err)
	}
	if err := os.Link(temp.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil, civic.Refuse(civic.Conflict, "seal.key_exists", "path", path)
	} else if err != nil {
		return nil, unwritable(err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, unwritable(err)
	}
	return newSigner(skey)
}

// OpenKey reads a key. Refusals: seal.key_missing, seal.key_mode, seal.key_unreadable.
func OpenKey(path string) (*Signer, error) {
	refuse := func(key string, args ...any) error {
		return civic.Refuse(civic.Unavailable, key, append([]any{"path", path}, args...)...)
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("seal.key_missing")
	case err != nil:
		return nil, refuse("seal.key_unreadable", "cause", err.Error())
	case !info.Mode().IsRegular():
		return nil, refuse("seal.key_unreadable", "cause", "not a plain file")
	case info.Mode().Perm()&0o077 != 0:
		return nil, refuse("seal.key_mode", "mode", fmt.Sprintf("%04o", info.Mode().Perm()))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, refuse("seal.key_unreadable", "cause", err.Error())
	}
	s, err := newSigner(string(bytes.TrimSuffix(text, []byte("\n"))))
	if err != nil {
		return nil, refuse("seal.key_unreadable", "cause", err.Error())
	}
	return s, nil
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// replaceFile writes a file whole or not at all, synced.
func replaceFile(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
