package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"skein/frame/civic"
)

// A key management service can hold the key over the master key: then the file has the master key only as that service
// encrypted it, and whoever takes the file and the database reads nothing without asking the service. Skein
// speaks to it by two commands of the operator's, in kms.json beside the file.

// kms is how the service is asked: each command reads from its standard input and answers on its standard output, bytes as they are.
type kms struct {
	Encrypt []string `json:"encrypt"`
	Decrypt []string `json:"decrypt"`

	path string
}

const (
	kmsName   = "kms.json"
	kmsHeader = masterHeader + " kms"
	// kmsPatience is how long a command may take.
	kmsPatience = 30 * time.Second
	// mostSealed bounds what a service makes of 32 bytes; AWS makes under 200, OpenPGP under 1,000.
	mostSealed = 2048
)

// kmsOf reads how the service of a folder of keys is asked; nil if there is none. Refusal: vault.kms_settings.
func kmsOf(folder string) (*kms, error) {
	s := &kms{path: filepath.Join(folder, kmsName)}
	refuse := func(cause string) error {
		return civic.Refuse(civic.Unavailable, "vault.kms_settings", "path", s.path, "cause", cause)
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, refuse(err.Error())
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return nil, refuse(err.Error())
	}
	if info.Mode().Perm()&0o022 != 0 { // whoever writes it runs commands as this user
		return nil, refuse(fmt.Sprintf("others may write it (mode %04o)", info.Mode().Perm()))
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, refuse(err.Error())
	}
	if len(s.Encrypt) == 0 || len(s.Decrypt) == 0 {
		return nil, refuse(`it needs "encrypt" and "decrypt", each a list: a program and its arguments`)
	}
	return s, nil
}

func (s *kms) run(command []string, in []byte) ([]byte, error) {
	ctx, end := context.WithTimeout(context.Background(), kmsPatience)
	defer end()
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = bytes.NewReader(in), &out, &said, time.Second
	if err := cmd.Run(); err != nil {
		cause := strings.TrimSpace(said.String())
		if len(cause) > 300 {
			cause = cause[:300] + "…"
		}
		return nil, civic.Refuse(civic.Unavailable, "vault.kms_failed", "program", command[0], "cause", strings.TrimSpace(cause+" "+err.Error()))
	}
	if out.Len() == 0 || out.Len() > mostSealed {
		return nil, civic.Refuse(civic.Unavailable, "vault.kms_failed", "program", command[0], "cause", fmt.Sprintf("it answered with %d bytes", out.Len()))
	}
	return out.Bytes(), nil
}

// file is a key as text, as the service encrypted it. What was encrypted is decrypted once, before anything leans on it.
func (s *kms) file(k *root) ([]byte, error) {
	sealed, err := s.run(s.Encrypt, k.key[:])
	if err != nil {
		return nil, err
	}
	again, err := s.run(s.Decrypt, sealed)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, k.key[:]) {
		return nil, civic.Refuse(civic.Unavailable, "vault.kms_wrong", "program", s.Decrypt[0])
	}
	return fmt.Appendf(nil, "%s %s\n%s\n", kmsHeader, k.id(), base64.StdEncoding.EncodeToString(sealed)), nil
}

// decrypted keeps what the service answered, by the digest of what it was asked: a file is read again and again, and the service is
// asked once a process.
var decrypted sync.Map // [32]byte → [32]byte

// openFile reads a key from a file that the service encrypted.
func (s *kms) openFile(path string, text []byte) (*root, error) {
	head, rest, _ := strings.Cut(string(text), "\n")
	sum := strings.TrimPrefix(head, kmsHeader+" ")
	sealed, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(rest, "\n"))
	if err != nil || len(sealed) == 0 || !strings.HasSuffix(rest, "\n") {
		return nil, civic.Refuse(civic.Unavailable, "vault.key_truncated", "path", path)
	}
	if s == nil {
		return nil, civic.Refuse(civic.Unavailable, "vault.kms_missing", "path", filepath.Join(filepath.Dir(path), kmsName), "key", path)
	}
	k := &root{}
	asked := sha256.Sum256(sealed)
	if known, ok := decrypted.Load(asked); ok {
		k.key = known.([32]byte)
	} else {
		key, err := s.run(s.Decrypt, sealed)
		if err != nil {
			return nil, err
		}
		if len(key) != len(k.key) {
			return nil, civic.Refuse(civic.Unavailable, "vault.kms_wrong", "program", s.Decrypt[0])
		}
		copy(k.key[:], key)
		clear(key)
	}
	if k.id() != sum {
		return nil, civic.Refuse(civic.Unavailable, "vault.kms_wrong", "program", s.Decrypt[0])
	}
	decrypted.Store(asked, k.key)
	return k, nil
}
