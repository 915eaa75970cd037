package main

import (
	"errors"
	"fmt"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/frame/vault"
)

type vaultCommand struct {
	Backup  vaultBackupCommand  `cmd:"" help:"Copy the key store into a folder, and remove copies there that are too old. Keep them apart from other backups: with an old copy, what was erased since could be read."`
	Restore vaultRestoreCommand `cmd:"" help:"Put a copy of the key store in the place of one that is lost, or elsewhere with --key-store."`
	Rewrap  rewrapCommand       `cmd:"" help:"Make a new master key and wrap all keys anew under it, also while it is served; run again, it goes on where it was cut off."`
	Reseal  resealCommand       `cmd:"" help:"Seal everything anew by another cipher, and from now on by that one, also while it is served; run again, it goes on where it was cut off."`
	Scrub   scrubCommand        `cmd:"" help:"Do at once what erasures left to be done: delete their attachments, and older copies of their rows in the database's own files. On PostgreSQL as the owner of the tables."`
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
	done, err := a.vault.Keys.Rewrap(g.ctx, bar.at)
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

type resealCommand struct {
	where
	output
	Cipher vault.Cipher `required:"" enum:"aes-256-gcm,xchacha20-poly1305" help:"What everything is sealed by afterwards: ${enum}."`
}

func (c *resealCommand) Run(g *global) error {
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	bar := newBar("reseal")
	done, err := a.vault.Reseal(g.ctx, c.Cipher, bar.at)
	bar.end()
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return c.json(done)
	}
	voice := g.voice()
	fmt.Println(voice.Say("skein.resealed", "cipher", string(done.Cipher), "keys", int64(done.Keys), "items", int64(done.Items), "attachments", int64(done.Blobs), "rows", int64(done.Rows)))
	if done.Dropped > 0 {
		fmt.Println(voice.Say("skein.reseal_dropped", "rows", int64(done.Dropped)))
	}
	if done.Keyless > 0 {
		fmt.Println(voice.Say("skein.reseal_keyless", "items", int64(done.Keyless)))
	}
	return nil
}

// mostKept is the longest that a copy of the key store may be kept, in days.
const mostKept = 365

type vaultBackupCommand struct {
	where
	output
	Folder string `arg:"" type:"path" help:"The folder of copies of the key store; it is made if missing."`
	Keep   int    `default:"30" placeholder:"DAYS" help:"Copies older than this are removed: for so long, at most, can what was erased be brought back."`
}

func (c *vaultBackupCommand) Run(g *global) error {
	if c.Keep < 1 || c.Keep > mostKept {
		return misuseError{fmt.Errorf("--keep wants 1 to %d days", mostKept)}
	}
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	if len(a.vault.Keys.Master.Retiring()) > 0 {
		return civic.Refuse(civic.Conflict, "skein.backup_rewrap")
	}
	made, err := a.vault.Keys.Copy(g.ctx, c.Folder, time.Duration(c.Keep)*24*time.Hour, time.Now())
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return c.json(made)
	}
	voice := g.voice()
	fmt.Println(voice.Say("skein.keys_copied", "path", made.Path, "keys", made.Keys, "until", made.Until.Format(time.DateOnly)))
	for _, name := range made.Removed {
		fmt.Println(voice.Say("skein.keys_copy_removed", "name", name))
	}
	return nil
}

type vaultRestoreCommand struct {
	where
	output
	Copy string `arg:"" type:"path" help:"A copy that skein vault backup made."`
}

type vaultRestored struct {
	Store string `json:"store"`
	Keys  int64  `json:"keys"`
	// Lost is how many boxes were made after the copy: nobody can read them any more.
	Lost int64 `json:"lost"`
}

func (c *vaultRestoreCommand) Run(g *global) error {
	id, _, err := vault.Look(g.ctx, c.Copy)
	if err != nil {
		return err
	}
	db, err := store.Open(g.ctx, c.source())
	if err != nil {
		return err
	}
	ours, err := vault.StoreOf(g.ctx, db)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if ours != id {
		return civic.Refuse(civic.Invalid, "skein.restore_keys_other", "path", c.Copy)
	}
	if err := vault.Adopt(g.ctx, c.Copy, c.keyStore()); err != nil {
		return err
	}
	a, err := c.open(g.ctx, false) // which destroys again what was erased since
	if err != nil {
		return err
	}
	defer a.close()
	done := vaultRestored{Store: id}
	if done.Keys, done.Lost, err = a.vault.Count(g.ctx); err != nil {
		return err
	}
	if c.Format == "json" {
		return c.json(done)
	}
	fmt.Println(g.voice().Say("skein.keys_restored", "keys", done.Keys, "lost", done.Lost))
	return nil
}
