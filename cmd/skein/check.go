package main

import (
	"encoding/json"
	"fmt"
	"os"

	"skein/frame/clerk"
)

// output is how a command that prints a table prints it.
type output struct {
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

func (o output) json(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// report prints the outcome of a check and says by its error whether all holds.
func (o output) report(what string, r *clerk.Report) error {
	if o.Format == "json" {
		if err := o.json(r); err != nil {
			return err
		}
	} else {
		for _, f := range r.Findings {
			fmt.Printf("%s: %s\n", f.Where, f.What)
		}
		if r.More > 0 {
			fmt.Printf("and %d more\n", r.More)
		}
		fmt.Printf("%s: %d acts, %d dossiers, %d rows, ", what, r.Acts, r.Dossiers, r.Rows)
		if r.Logs > 0 {
			fmt.Printf("%d logs, %d leaves, %d acts waiting to be sealed, ", r.Logs, r.Leaves, r.Waiting)
			fmt.Printf("%d readings in %d sealed spans, ", r.Readings, r.Spans)
		}
		fmt.Printf("%d findings\n", len(r.Findings)+r.More)
	}
	if !r.OK() {
		return errFound
	}
	return nil
}

type rebuildCommand struct {
	where
	output
	Check bool `help:"Change nothing: compare the tables with what the journal leads to."`
}

func (c *rebuildCommand) Run(g *global) error {
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	id, err := a.only(g.ctx)
	if err != nil {
		return err
	}
	if c.Check {
		r, err := clerk.CheckTables(g.ctx, a.house, a.db, id)
		if err != nil {
			return err
		}
		return c.report("rebuild --check", r)
	}
	r, err := clerk.Rebuild(g.ctx, a.house, a.db, id)
	if err != nil {
		return err
	}
	return c.report("rebuild", r)
}
