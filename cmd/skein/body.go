package main

import (
	"fmt"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/sheet"
	"skein/rooms/body"
	"skein/rooms/place"
)

type bodyCommand struct {
	Import importBodies `cmd:"" help:"Take in bodies, posts and officers from a CSV or YAML table, each file all or nothing. Officers' names go to the vault."`
}

type importBodies struct {
	where
	output
	Files []string `arg:"" name:"file" type:"path" help:"Columns: id, title.LANG, kind, parent, place, coordinates, roles, supervisor, officer, from, to."`
}

func (c *importBodies) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		return c.each(g, c.Files, func(path string, data []byte) (int, int, error) {
			format := sheet.FormatOf(path)
			if format == "" {
				return 0, 0, misuseError{fmt.Errorf("%s: bodies come as .csv or .yaml", path)}
			}
			v := realm.View()
			steps, refusals := body.ReadFile(format, data, body.Facts{
				Now: realm.Now(), Calendar: calendarOf(v), Catalog: body.CatalogIn(v), Places: place.CatalogIn(v),
				PublicNames: v.Settings.PublicOfficers,
			})
			if len(refusals) > 0 {
				return 0, 0, refusals
			}
			var err error
			tasks := make([]clerk.Task, len(steps))
			rows := map[int]bool{}
			for i, s := range steps {
				rows[s.Row] = true
				tasks[i] = clerk.Task{Command: s.Command, Dossier: s.Dossier}
				if seat, ok := s.Command.(body.Seat); ok {
					if tasks[i].Command, tasks[i].Writes, err = body.Seal(g.ctx, a.vault, v, seat, s.Officer); err != nil {
						return 0, 0, err
					}
				}
			}
			acts, err := a.enterAll(g, realm, tasks)
			return len(rows), acts, err
		})
	})
}

// enterAll runs tasks that were tried out before as one. If another process has changed
// the realm in between and one is refused, the first reason says so; those before it stand.
func (a *app) enterAll(g *global, realm *clerk.Realm, tasks []clerk.Task) (int, error) {
	acts, err := a.enter(g, realm, tasks...)
	if rs, refused := civic.AsRefusals(err); refused && acts > 0 {
		return acts, append(civic.Refusals{civic.Refuse(civic.Conflict, "skein.changed_meanwhile", "acts", acts)}, rs...)
	}
	return acts, err
}
