package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/seal"
)

// sealer opens the log of a realm; with the first opening it is made.
func (a *app) sealer(ctx context.Context, realm *clerk.Realm) (*seal.Sealer, error) {
	return seal.Open(ctx, a.sealing(realm))
}

func (a *app) sealing(realm *clerk.Realm) seal.Config {
	return seal.Config{
		DB: a.db, Realm: realm.ID, Folder: a.where.keys(), Host: hostOf(realm.View().Settings.PublicURL), Now: realm.Now, Log: a.log,
	}
}

type rotateKeyCommand struct {
	where
	output
}

func (c *rotateKeyCommand) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		s, err := a.sealer(g.ctx, realm)
		if err != nil {
			return err
		}
		change, err := s.Rotate(g.ctx)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return c.json(change)
		}
		voice := g.voice()
		fmt.Println(voice.Say("skein.log_key_changed", "old", change.Old, "new", change.New, "at", change.At.Format(time.RFC3339)))
		fmt.Println(voice.Say("skein.key_rotated", "path", seal.KeyPath(c.keys(), realm.ID)))
		return nil
	})
}

type lostKeyCommand struct {
	where
	output
	Checkpoint []string `placeholder:"FILE|URL" help:"A checkpoint of the log that somebody can show: the newest one is named in the first entry of the new log."`
}

func (c *lostKeyCommand) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		l, ok, err := seal.Current(g.ctx, a.db.R, realm.ID)
		if err == nil && !ok {
			err = civic.Refuse(civic.Missing, "seal.no_log", "realm", string(realm.ID))
		}
		if err != nil {
			return err
		}
		last, err := newestShown(g.ctx, &l, l.Checkpoint, c.Checkpoint, nil)
		if err != nil {
			return err
		}
		begun, err := seal.Continue(g.ctx, a.sealing(realm), "lost", last)
		if err != nil {
			return err
		}
		return sayContinued(g, c.output, begun, l)
	})
}

// sayContinued tells that a log ended and which begins.
func sayContinued(g *global, o output, begun, ended seal.Log) error {
	if o.Format == "json" {
		return o.json(struct {
			Origin string `json:"origin"`
			Key    string `json:"key"`
			Ended  string `json:"ended"`
		}{begun.Origin, begun.Key, ended.Origin})
	}
	fmt.Println(g.voice().Say("skein.log_begun", "ended", ended.Origin, "origin", begun.Origin, "key", begun.Key))
	return nil
}

// newestShown is the newest of the checkpoints of a log that somebody can show: files or addresses, each signed by
// the log's key or one of others. known, the one at hand, may be the newest.
func newestShown(ctx context.Context, l *seal.Log, known string, shown, others []string) (string, error) {
	keys := seal.Keys{Log: append([]string{l.Key}, others...)}
	newest, size := known, int64(-1)
	if c, err := seal.ParseCheckpoint(known, keys); err == nil {
		size = c.Tree.N
	}
	for _, from := range shown {
		var text []byte
		var err error
		if strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://") {
			text, err = asked(ctx, from)
		} else if text, err = os.ReadFile(from); err != nil {
			err = civic.Refuse(civic.Missing, "skein.file_unreadable", "file", from, "cause", cause(err))
		}
		if err != nil {
			return "", err
		}
		c, err := seal.ParseCheckpoint(seal.CheckpointIn(string(text)), keys)
		if err != nil || c.Origin != l.Origin {
			return "", civic.Refuse(civic.Invalid, "seal.checkpoint_strange", "from", from, "origin", l.Origin)
		}
		if c.Tree.N > size {
			newest, size = c.Text, c.Tree.N
		}
	}
	return newest, nil
}

// hostOf is what origins of logs begin with: an address without its scheme.
func hostOf(public string) string {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" {
		return "localhost"
	}
	return strings.TrimSuffix(u.Host+u.EscapedPath(), "/")
}
