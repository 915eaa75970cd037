package main

import (
	"context"
	"os"
	"strings"

	"skein/frame/civic"
	"skein/frame/seal"
)

// sighting is what somebody can show of a realm's log: checkpoints of it, and of logs that went on from it.
type sighting struct {
	own    []string // of the log itself, as texts
	later  string   // the newest of the latest log that went on from it, "" if nobody shows one
	latest int64    // the highest number of a log that anything tells of
	any    bool
}

// newest is the newest checkpoint of the log, or of one after it: what the next log goes on from.
func (s *sighting) newest(known string) string {
	if s.later != "" {
		return s.later
	}
	newest, most := known, int64(-1)
	for _, text := range append([]string{known}, s.own...) {
		if _, size, err := seal.Head(text); err == nil && size > most {
			newest, most = text, size
		}
	}
	return newest
}

// given reads checkpoints, or receipts with one, from files and addresses.
func given(ctx context.Context, from []string) (map[string]string, error) {
	texts := map[string]string{}
	for _, at := range from {
		var text []byte
		var err error
		if strings.HasPrefix(at, "https://") || strings.HasPrefix(at, "http://") {
			text, err = asked(ctx, at)
		} else if text, err = os.ReadFile(at); err != nil {
			err = civic.Refuse(civic.Missing, "skein.file_unreadable", "file", at, "cause", cause(err))
		}
		if err != nil {
			return nil, err
		}
		texts[at] = seal.CheckpointIn(string(text))
	}
	return texts, nil
}

// shownOf sorts out what is shown of the log of an origin and a key: what was given, each signed by that key, by one of
// others or by the key in the folder, and what that key signed last. used is told which of what was given is of it.
func shownOf(folder string, realm civic.Realm, origin, key string, texts map[string]string, others []string, used map[string]bool) (*sighting, error) {
	first, number := seal.Lineage(origin)
	s := &sighting{latest: number}
	keys := seal.Keys{Log: append([]string{key}, others...)}
	if own, err := seal.OpenKey(seal.KeyPath(folder, realm)); err == nil {
		if f, n := seal.Lineage(own.Name()); f == first {
			s.latest = max(s.latest, n)
			keys.Log = append(keys.Log, own.Verifier)
		}
	}
	most := int64(-1)
	take := func(text string) bool {
		of, size, err := seal.Head(text)
		f, n := seal.Lineage(of)
		if err != nil || f != first {
			return false
		}
		s.any = true
		switch {
		case n < number:
		case n == number:
			s.own = append(s.own, text)
		case n > s.latest || n == s.latest && size > most:
			s.later, most = text, size
		}
		s.latest = max(s.latest, n)
		return true
	}
	if guard, err := os.ReadFile(seal.GuardPath(folder, realm)); err == nil {
		take(string(guard))
	}
	for at, text := range texts {
		if of, _, err := seal.Head(text); err != nil {
			continue
		} else if f, _ := seal.Lineage(of); f != first {
			continue
		}
		if _, err := seal.ParseCheckpoint(text, keys); err != nil {
			return nil, civic.Refuse(civic.Invalid, "seal.checkpoint_strange", "from", at, "origin", origin)
		}
		used[at] = take(text)
	}
	return s, nil
}
