package main

import "fmt"

type vaultCommand struct {
	Rewrap rewrapCommand `cmd:"" help:"Make a new master key and wrap all keys anew under it, also while it is served; run again, it goes on where it was cut off."`
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
