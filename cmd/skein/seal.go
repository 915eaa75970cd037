package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/seal"
	"skein/frame/store"
)

// sealer opens the log of a realm; with the first opening it is made.
func (a *app) sealer(ctx context.Context, realm *clerk.Realm) (*seal.Sealer, error) {
	s, err := seal.Open(ctx, a.sealing(realm))
	if err != nil {
		return nil, err
	}
	// A log that was begun elsewhere, by a restoring, or before there was an erasure list.
	l, _, err := seal.Current(ctx, a.db.R, realm.ID)
	if err == nil {
		err = a.vault.Reaches(ctx, realm.ID, l.Origin, l.Size)
	}
	return s, err
}

func (a *app) sealing(realm *clerk.Realm) seal.Config {
	return seal.Config{
		DB: a.db, Realm: realm.ID, Folder: a.where.keys(), Host: hostOf(realm.View().Settings.PublicURL), Now: realm.Now, Log: a.log, Recent: realm.Recent(),
		Reaches: func(ctx context.Context, origin string, size int64) error {
			return a.vault.Reaches(ctx, realm.ID, origin, size)
		},
		Hourly: func(ctx context.Context, tx *store.Tx, hour civic.Instant) ([]byte, error) {
			return access.Seal(ctx, tx, realm.ID, hour, realm.View().Settings.ReadingsKept)
		},
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
		texts, err := given(g.ctx, c.Checkpoint)
		if err != nil {
			return err
		}
		used := map[string]bool{}
		s, err := shownOf(c.keys(), realm.ID, l.Origin, l.Key, texts, nil, used)
		if err == nil {
			err = allUsed(c.Checkpoint, used, l.Origin)
		}
		if err != nil {
			return err
		}
		begun, err := seal.Continue(g.ctx, a.sealing(realm), "lost", s.newest(l.Checkpoint), s.latest)
		if err != nil {
			return err
		}
		return sayContinued(g, c.output, begun, l)
	})
}

// allUsed refuses what was given and is a checkpoint of none of the logs.
func allUsed(given []string, used map[string]bool, origin string) error {
	for _, at := range given {
		if !used[at] {
			return civic.Refuse(civic.Invalid, "seal.checkpoint_strange", "from", at, "origin", origin)
		}
	}
	return nil
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

// hostOf is what origins of logs begin with: an address without its scheme.
func hostOf(public string) string {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" {
		return "localhost"
	}
	return strings.TrimSuffix(u.Host+u.EscapedPath(), "/")
}
