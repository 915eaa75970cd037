// Package secret says where a password or a token lies, instead of what it is: settings name it, and what keeps secrets gives
// it when it is needed, so that it stands in no file of Skein's and can be changed without a restart.
package secret

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Secret is a value, or where it lies. In JSON one of:
//
//	"the value itself"                                  stands in the file: `skein check` says so
//	{"command": ["vault", "read", "-field=password", "secret/smtp"], "for": "10m"}
//	{"credential": "smtp"}                              a file of that name in $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential)
//	{"file": "/run/secrets/smtp"}                       a file that nobody else may read
//
// A command is run without a shell and answers on its standard output; what it said serves for as long as "for" says (five minutes where it
// says nothing), as a token does that ends. Files are read each time. The zero value is no secret.
type Secret struct {
	clear      string
	command    []string
	credential string
	file       string
	lasts      time.Duration

	mu    sync.Mutex
	said  string
	until time.Time
}

// Clear is a secret that is given as it is, for tests and for settings that stand in no file.
func Clear(value string) *Secret { return &Secret{clear: value} }

const (
	usualTime = 5 * time.Minute
	patience  = 30 * time.Second // for a command
	mostBytes = 16 << 10
)

// source is how settings name a secret.
type source struct {
	Command    []string `json:"command,omitempty"`
	For        string   `json:"for,omitempty"`
	Credential string   `json:"credential,omitempty"`
	File       string   `json:"file,omitempty"`
}

// UnmarshalJSON reads a text or where it lies. An error says what was wrong, and never the text.
func (s *Secret) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &s.clear)
	}
	var from source
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&from); err != nil {
		return errors.New(`a secret is a text, or says where it lies by "command", "credential" or "file"`)
	}
	named := 0
	for _, is := range []bool{len(from.Command) > 0, from.Credential != "", from.File != ""} {
		if is {
			named++
		}
	}
	if named != 1 || from.For != "" && len(from.Command) == 0 {
		return errors.New(`a secret lies in one place: "command" (with "for", how long its answer serves), "credential" or "file"`)
	}
	if strings.ContainsRune(from.Credential, filepath.Separator) {
		return errors.New(`a credential is named, without a folder`)
	}
	s.command, s.credential, s.file, s.lasts = from.Command, from.Credential, from.File, usualTime
	if from.For != "" {
		d, err := time.ParseDuration(from.For)
		if err != nil || d <= 0 {
			return errors.New(`"for" is a time such as "10m"`)
		}
		s.lasts = d
	}
	return nil
}

// Given reports whether there is a secret at all.
func (s *Secret) Given() bool {
	return s != nil && (s.clear != "" || s.command != nil || s.credential != "" || s.file != "")
}

// Stands reports whether the value itself stands in the settings.
func (s *Secret) Stands() bool { return s != nil && s.clear != "" }

// Renewed reports whether the value is asked for anew again and again, as tokens that end are.
func (s *Secret) Renewed() bool { return s != nil && s.command != nil }

// Value is the secret as it is now, without the line's end that commands and files give it; "" where there is none.
// An error says where it was looked for.
func (s *Secret) Value(ctx context.Context) (string, error) {
	switch {
	case !s.Given():
		return "", nil
	case s.credential != "":
		folder := os.Getenv("CREDENTIALS_DIRECTORY")
		if folder == "" {
			return "", fmt.Errorf("the credential %q is asked for, and there is no $CREDENTIALS_DIRECTORY: start by a unit with LoadCredential=%s", s.credential, s.credential)
		}
		return read(filepath.Join(folder, s.credential))
	case s.file != "":
		return read(s.file)
	case s.command != nil:
		return s.asked(ctx)
	}
	return s.clear, nil
}

// Renew has a command asked again: what it said was refused.
func (s *Secret) Renew() {
	if s.Renewed() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.until = time.Time{}
	}
}

func read(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("others on this machine can read %s (mode %04o): chmod 0600", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return "", err
	}
	return whole(path, text)
}

func (s *Secret) asked(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.until) {
		return s.said, nil
	}
	ctx, end := context.WithTimeout(ctx, patience)
	defer end()
	var out bytes.Buffer
	c := exec.CommandContext(ctx, s.command[0], s.command[1:]...)
	c.Stdout, c.WaitDelay = &out, time.Second
	if err := c.Run(); err != nil { // what it said on its standard error may hold the secret: it goes where ours goes, nowhere else
		return "", fmt.Errorf("%s: %w", s.command[0], err)
	}
	said, err := whole(s.command[0], out.Bytes())
	if err != nil {
		return "", err
	}
	s.said, s.until = said, time.Now().Add(s.lasts)
	return said, nil
}

// whole is what was given, without the end of its line.
func whole(from string, text []byte) (string, error) {
	value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	switch {
	case value == "":
		return "", fmt.Errorf("%s gives an empty secret", from)
	case len(text) > mostBytes || strings.ContainsAny(value, "\r\n\x00"):
		return "", fmt.Errorf("%s gives more than one line", from)
	}
	return value, nil
}
