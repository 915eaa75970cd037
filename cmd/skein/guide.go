package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/guide"
	"skein/rooms/matter/pages"
	"skein/rooms/place"
)

// guidePorts are the other rooms' answers to the guide.
var guidePorts = guide.Ports{
	Calendar: calendarOf,
	Known: func(v *clerk.View) guide.Known {
		categories, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
		return guide.Known{Body: body.CatalogIn(v).HasBody, Category: categories.Has, Place: place.CatalogIn(v).HasPlace}
	},
	Chain: func(v *clerk.View, p civic.PlaceID) []civic.PlaceID { return ground{place.CatalogIn(v)}.Above(p) },
	Names: titlesOf,
}

// titlesOf are the titles of a code in all languages.
func titlesOf(v *clerk.View, kind, code string) (all []string) {
	for _, lang := range words.Languages {
		if t := title(v, lang, kind, code); t != "" && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

// guideDoors puts the guide before people and programs.
func guideDoors(site *face.Site) *guide.API {
	api := &guide.API{Site: site, Ports: guidePorts}
	api.Register()
	(&guide.Pages{API: api, Branches: kindGroups}).Register()
	return api
}

// kindGroups are the kinds of matter to choose from, each branch a group.
func kindGroups(v *clerk.View, lang string) []face.Group {
	var out []face.Group
	for _, b := range branches(v, lang) {
		out = append(out, face.Group{Title: b.Title, Options: append([]face.Option{{Value: b.Value, Title: b.Title}}, b.Leaves...)})
	}
	return out
}

// answers asks the guide for what may answer somebody at once, for the form of a report and for the desk.
type answers struct{ guide guide.Suggester }

func (a answers) Suggest(ctx context.Context, v words.Voice, text string) (out []pages.Article, err error) {
	found, err := a.guide.Suggest(ctx, guide.Asked{Words: text, Language: v.Lang, Most: 3})
	for _, x := range found {
		out = append(out, pages.Article{Href: x.Href, Title: x.Title, Lead: x.First})
	}
	return out, err
}

type guideCommand struct {
	Import importGuide `cmd:"" help:"Take in articles (YAML, or Markdown with front matter, a file a language), all of them or none, and publish them as they are."`
	Export exportGuide `cmd:"" help:"Write the articles in force into a folder, a YAML file each."`
}

type importGuide struct {
	where
	output
	Files  []string `arg:"" name:"file" type:"path" help:".yaml, .yml or .md."`
	DryRun bool     `help:"Check the files against the realm and say what would be taken in; change nothing."`
}

// readGuide reads files of articles, and says everything that is wrong with them.
func readGuide(files []string, known guide.Known) ([]*guide.Document, error) {
	var docs []*guide.Document
	var wrong civic.Refusals
	of := map[string]string{}
	places := map[string]guide.Lines{}
	in := func(path string, rs civic.Refusals) {
		var named civic.Refusals
		errors.As(inFile(path, rs), &named)
		wrong = append(wrong, named...)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, civic.Refuse(civic.Missing, "skein.file_unreadable", "file", path, "cause", cause(err))
		}
		d, lines, refusals := guide.Parse(path, data)
		if len(refusals) > 0 {
			in(path, refusals)
			continue
		}
		if of[d.Article] == "" {
			of[d.Article], places[d.Article] = path, lines
		}
		docs = append(docs, d)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	joined, refusals := guide.Join(docs)
	wrong = append(wrong, refusals...)
	for _, d := range joined {
		if refusals := d.Check(known); len(refusals) > 0 {
			in(of[d.Article], places[d.Article].Name(refusals))
		}
	}
	return joined, wrong.Err()
}

func (c *importGuide) Run(g *global) error {
	for _, path := range c.Files {
		if !slices.Contains([]string{".yaml", ".yml", ".md"}, filepath.Ext(path)) {
			return misuseError{fmt.Errorf("%s: articles come as .yaml or .md", path)}
		}
	}
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		docs, err := readGuide(c.Files, guidePorts.Known(realm.View()))
		if err != nil {
			return err
		}
		all := []tookIn{}
		for _, d := range docs {
			acts := 0
			tasks := taking(realm, d)
			if len(tasks) > 0 && !c.DryRun {
				if acts, err = a.enter(g, realm, tasks...); err != nil {
					return errors.Join(c.took(g, all), inFile(d.Article, err))
				}
			}
			if len(tasks) > 0 && c.DryRun {
				acts = len(tasks)
				t := tasks[0]
				t.Actor, t.Imported = importer, true
				refusals, err := realm.Try(g.ctx, t)
				if err == nil {
					err = refusals.Err()
				}
				if err != nil {
					return errors.Join(c.took(g, all), inFile(d.Article, err))
				}
			}
			all = append(all, tookIn{d.Article, len(d.Texts), acts})
		}
		return c.took(g, all)
	})
}

// taking makes the tasks that take an article in; none where the realm has it in force as it is.
func taking(realm *clerk.Realm, d *guide.Document) []clerk.Task {
	s, _ := guide.CatalogIn(realm.View()).Article(d.Article)
	if v, in := s.InForce(realm.Now()); in && v.Digest == d.Digest() {
		return nil
	}
	var tasks []clerk.Task
	if s.Draft == nil || s.Draft.Digest != d.Digest() {
		tasks = append(tasks, guide.Drafting(realm.ID, d))
		s.Drafts++
	}
	return append(tasks, guide.Publishing(realm.ID, d.Article, s.Drafts, d.Canonical()))
}

type exportGuide struct {
	where
	output
	Folder string `arg:"" type:"path" help:"Made if it is not there; files of articles in it are written over."`
}

func (c *exportGuide) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		if err := os.MkdirAll(c.Folder, 0o777); err != nil {
			return err
		}
		all := []tookIn{}
		for s := range guide.CatalogIn(realm.View()).Articles() {
			v, in := s.InForce(realm.Now())
			if !in {
				continue
			}
			_, text, err := journal.Document(g.ctx, a.db.R, realm.ID, v.Digest)
			if err != nil {
				return err
			}
			path := filepath.Join(c.Folder, s.Code()+".yaml")
			if err := os.WriteFile(path, text, 0o666); err != nil {
				return err
			}
			all = append(all, tookIn{path, 1, 0})
		}
		return c.took(g, all)
	})
}
