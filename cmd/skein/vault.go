package main

import (
	"fmt"

	"skein/frame/clerk"
)

type vaultCommand struct {
	Rewrap rewrapCommand `cmd:"" help:"Make a new master key and wrap all keys anew under it, also while it is served; run again, it goes on where it was cut off."`
	Scrub  scrubCommand  `cmd:"" help:"Do at once what erasures left to be done: delete their attachments, and older copies of their rows in the database's own files. On PostgreSQL as the owner of the tables."`
}

type scrubCommand struct {
	where
}

func (c *scrubCommand) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		boxes, err := a.vault.Clean(g.ctx, realm.ID)
		if err == nil {
			err = a.vault.Scrub(g.ctx)
		}
		if err == nil {
			fmt.Println(g.voice().Say("skein.scrubbed", "boxes", boxes))
		}
		return err
	})
}

type rewrapCommand struct {
	where
	output
}

func (c *rewrapCommand) Run(g *global) error {
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	bar := newBar("rewrap")
	done, err := a.vault.Rewrap(g.ctx, bar.at)
	bar.end()
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return c.json(done)
	}
	voice := g.voice()
	fmt.Println(voice.Say("skein.rewrapped", "boxes", int64(done.Boxes), "derived", int64(done.Derived), "id", done.New, "path", c.masterPath()))
	fmt.Println(voice.Say("skein.rewrap_old", "path", done.OldFile))
	return nil
}
