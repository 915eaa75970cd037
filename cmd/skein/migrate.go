package main

import (
	"errors"
	"fmt"

	"skein/frame/store"
)

// serving are the rights of the role that serves: acts are only added to.
var serving = store.Rights{AddOnly: []string{"acts"}}

type migrateCommand struct {
	where
	Serving string `placeholder:"ROLE" help:"A role of PostgreSQL that serves: it gets the rights to read and write rows, not to make or change tables, nor to change acts."`
}

func (c *migrateCommand) Run(g *global) error {
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	voice := g.voice()
	if c.Serving != "" {
		if a.db.Engine != store.Postgres {
			return misuseError{errors.New("--serving names a role of PostgreSQL; on SQLite there are none")}
		}
		if err := serving.Grant(g.ctx, a.db, c.Serving); err != nil {
			return err
		}
		if a.vault.Keys.DB.Engine == store.Postgres {
			if err := (store.Rights{}).Grant(g.ctx, a.vault.Keys.DB, c.Serving); err != nil {
				return err
			}
		}
		fmt.Println(voice.Say("skein.role_granted", "role", c.Serving))
	}
	fmt.Println(voice.Say("skein.migrated"))
	return nil
}
