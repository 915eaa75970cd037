package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/sheet"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/matter/pages"
	"skein/rooms/place"
)

// importer enters what earlier records say; such acts are marked imported.
var importer = civic.Actor{Kind: civic.Operator}

// voice speaks the language of the terminal.
func (g *global) voice() words.Voice {
	return g.book.Voice(g.book.Match(strings.SplitN(os.Getenv("LANG"), ".", 2)[0]), nil)
}

// work opens the realm without its clock for a command that changes it or asks it.
func (w where) work(g *global, f func(a *app, realm *clerk.Realm) error) error {
	a, err := w.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	realm, err := a.realm(g.ctx, true)
	if err != nil {
		return err
	}
	defer realm.Close()
	return f(a, realm)
}

// tookIn is what an import took in from one file.
type tookIn struct {
	File string `json:"file"`
	Rows int    `json:"rows"`
	Acts int    `json:"acts"`
}

// took prints what was taken in.
func (o output) took(g *global, all []tookIn) error {
	if o.Format == "json" {
		return o.json(all)
	}
	for _, t := range all {
		fmt.Println(g.voice().Say("skein.took_in", "file", t.File, "rows", t.Rows, "acts", t.Acts))
	}
	return nil
}

// each takes in files one after the other, each all or nothing. The first that is refused
// ends the import; what came before it stands and is printed.
func (o output) each(g *global, files []string, take func(name string, data []byte) (rows, acts int, err error)) error {
	all := []tookIn{}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return errors.Join(o.took(g, all), civic.Refuse(civic.Missing, "skein.file_unreadable", "file", path, "cause", cause(err)))
		}
		rows, acts, err := take(path, data)
		if err != nil {
			if printed := o.took(g, all); printed != nil {
				return printed
			}
			return inFile(path, err)
		}
		all = append(all, tookIn{path, rows, acts})
	}
	return o.took(g, all)
}

// inFile puts a file's name before the rows that a refusal names.
func inFile(path string, err error) error {
	rs, ok := civic.AsRefusals(err)
	if !ok {
		return fmt.Errorf("%s: %w", path, err)
	}
	named := make(civic.Refusals, len(rs))
	for i, r := range rs {
		field := filepath.Base(path)
		if r.Field != "" {
			field += ": " + r.Field
		}
		named[i] = r.In(field)
	}
	return named
}

// cause is an error of the system without the path that the sentence names already.
func cause(err error) string {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// enter runs tasks as the importer in one commit and counts their acts.
func (a *app) enter(g *global, realm *clerk.Realm, tasks ...clerk.Task) (acts int, err error) {
	for i := range tasks {
		tasks[i].Actor, tasks[i].Imported = importer, true
	}
	for _, r := range realm.DoAll(g.ctx, tasks, false) {
		if r.Err != nil {
			return acts, r.Err
		}
		acts += len(r.Receipt.Acts)
	}
	return acts, nil
}

// filed puts public documents with a task.
func filed(t clerk.Task, realm civic.Realm, media string, documents map[string][]byte) clerk.Task {
	t.Documents = documents
	for digest, content := range documents {
		t.Writes = append(t.Writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(realm), digest, media, content}})
	}
	return t
}

// spots answers the forms of matters from the realm's addresses.
type spots struct{ all *place.Addresses }

func spotOf(a place.Address, key string) pages.Spot {
	return pages.Spot{Key: key, Title: a.String(), Also: a.Also, Lat: float64(a.At.Lat) / 1e6, Lon: float64(a.At.Lon) / 1e6, Whole: a.Whole}
}

func (s spots) Find(ctx context.Context, words string, most int) (out []pages.Spot, near bool, err error) {
	g, err := s.all.Gazetteer(ctx)
	if err != nil {
		return nil, false, err
	}
	found, near := g.Find(words, most)
	for _, f := range found {
		out = append(out, spotOf(f.Address, f.Key))
	}
	return out, near, nil
}

func (s spots) One(ctx context.Context, key string) (pages.Spot, bool, error) {
	g, err := s.all.Gazetteer(ctx)
	if err != nil {
		return pages.Spot{}, false, err
	}
	a, ok := g.One(key)
	return spotOf(a, key), ok, nil
}

func (s spots) Any(ctx context.Context) (bool, error) {
	g, err := s.all.Gazetteer(ctx)
	return g.Len() > 0, err
}

// pointOf is where the one address lies that a text is.
func (s spots) pointOf(ctx context.Context, text string) (lat, lon float64, ok bool, err error) {
	g, err := s.all.Gazetteer(ctx)
	if err != nil {
		return 0, 0, false, err
	}
	a, ok := g.Exactly(text)
	return float64(a.At.Lat) / 1e6, float64(a.At.Lon) / 1e6, ok, nil
}

type placeCommand struct {
	Import importPlaces `cmd:"" help:"Take in places (GeoJSON, or a CSV or YAML table), calendars (YAML) or addresses (CSV), each file all or nothing."`
}

type importPlaces struct {
	where
	output
	Files   []string `arg:"" optional:"" name:"file" type:"path" help:"GeoJSON needs --mapping; a table needs it unless its columns are code, parent, kind, title.LANG, rank."`
	Mapping string   `type:"path" placeholder:"FILE.yaml" help:"How features or rows become places: code, titles, kind, parent, rank."`

	Addresses string `type:"path" placeholder:"FILE.csv" help:"Take in addresses in place of all that there are: columns address, longitude, latitude, and if there are zip, also (another way it is written), whole (yes for a whole street)."`
}

func (c *importPlaces) Run(g *global) error {
	switch {
	case c.Addresses != "" && (len(c.Files) > 0 || c.Mapping != ""):
		return misuseError{errors.New("--addresses stands alone: take in places first, then the addresses in them")}
	case c.Addresses != "":
		return c.addresses(g)
	case len(c.Files) == 0:
		return misuseError{errors.New("name the files to take in, or a file of addresses with --addresses")}
	}
	var mapping *place.Mapping
	if c.Mapping != "" {
		mapping = &place.Mapping{}
		if err := readYAML(c.Mapping, mapping); err != nil {
			return err
		}
	}
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		return c.each(g, c.Files, func(path string, data []byte) (int, int, error) {
			file, calendars, refusals, err := readPlaces(path, data, mapping)
			switch {
			case err != nil:
				return 0, 0, err
			case len(refusals) > 0:
				return 0, 0, refusals
			case calendars == nil:
				t := filed(clerk.Task{Command: file.Import, Dossier: place.DossierOf(file.Import)}, realm.ID, place.MediaBoundary, file.Documents)
				acts, err := a.enter(g, realm, t)
				return len(file.Import.Places), acts, err
			}
			if refusals := tryCalendars(realm, calendars); len(refusals) > 0 {
				return 0, 0, refusals
			}
			tasks := make([]clerk.Task, len(calendars.Commands))
			for i, set := range calendars.Commands {
				tasks[i] = filed(clerk.Task{Command: set, Dossier: place.DossierOf(set)}, realm.ID, place.MediaCalendar,
					map[string][]byte{set.Digest: calendars.Documents[set.Digest]})
			}
			acts, err := a.enterAll(g, realm, tasks)
			return len(tasks), acts, err
		})
	})
}

// addresses takes in a list of addresses, all of it or none. It leads to no act.
func (c *importPlaces) addresses(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		return c.each(g, []string{c.Addresses}, func(_ string, data []byte) (int, int, error) {
			all, refusals := place.ReadAddresses(data, place.CatalogIn(realm.View()))
			if len(refusals) > 0 {
				return 0, 0, refusals
			}
			return len(all), 0, place.PutAddresses(g.ctx, a.db, realm.ID, all, realm.Now())
		})
	})
}

// tryCalendars says what would be refused, so that a file is taken in whole or not at all.
func tryCalendars(realm *clerk.Realm, f *place.CalendarFile) civic.Refusals {
	var refusals civic.Refusals
	v := realm.View()
	all := place.CatalogIn(v)
	owners := map[string]string{}
	for i, set := range f.Commands {
		at := fmt.Sprintf("calendars[%d]", i)
		facts := all.CalendarFacts(set, func(digest string) ([]byte, error) { return f.Documents[digest], nil })
		facts.Now, facts.Bodies = realm.Now(), body.CatalogIn(v)
		s, _ := all.CalendarState(set.ID)
		_, refused := place.DecideCalendar(s, set, facts)
		for _, r := range refused {
			refusals = append(refusals, r.In(at+"."+r.Field))
		}
		owner := string(set.Place) + "/" + string(set.Body)
		if first, twice := owners[owner]; twice && owner != "/" {
			refusals = append(refusals, civic.Refuse(civic.Conflict, "place.calendar_taken",
				"owner", strings.Trim(owner, "/"), "calendar", first).In(at))
		}
		owners[owner] = set.ID
	}
	return refusals
}

// readPlaces reads a file by its ending; a YAML file holds calendars if its items have an id and no code.
func readPlaces(path string, data []byte, m *place.Mapping) (place.File, *place.CalendarFile, civic.Refusals, error) {
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case ext == ".geojson" || ext == ".json":
		if m == nil {
			return place.File{}, nil, nil, misuseError{fmt.Errorf("%s: a GeoJSON file needs --mapping, which says how features become places", path)}
		}
		f, refusals := place.ReadGeoJSON(data, *m)
		return f, nil, refusals, nil
	case ext == ".csv" && m != nil:
		f, refusals := place.ReadTable(data, *m)
		return f, nil, refusals, nil
	case ext == ".csv":
		f, refusals := place.ReadTree(sheet.CSV, data)
		return f, nil, refusals, nil
	case ext == ".yaml" || ext == ".yml":
		if holdsPlaces(data) {
			f, refusals := place.ReadTree(sheet.YAML, data)
			return f, nil, refusals, nil
		}
		f, refusals := place.ReadCalendars(data)
		return place.File{}, &f, refusals, nil
	}
	return place.File{}, nil, nil, misuseError{fmt.Errorf("%s: places come as .geojson, .csv or .yaml, calendars as .yaml", path)}
}

// holdsPlaces reports whether a YAML file is a table of places: a sequence whose first item has a code.
func holdsPlaces(data []byte) (yes bool) {
	defer func() { // the parser panics on some texts; whoever reads the file then says what is wrong
		if recover() != nil {
			yes = false
		}
	}()
	var items []map[string]any
	if err := yaml.Unmarshal(data, &items); err != nil || len(items) == 0 {
		return false
	}
	_, yes = items[0]["code"]
	return yes
}

// mostMapping bounds a mapping file, in bytes.
const mostMapping = 4 << 20

// readYAML reads a small YAML file strictly: a field it does not know is refused.
func readYAML(path string, into any) (err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", path, "cause", cause(err))
	}
	defer func() {
		if r := recover(); r != nil {
			err = civic.Refuse(civic.Malformed, "skein.yaml", "file", path, "cause", fmt.Sprint(r))
		}
	}()
	if len(data) > mostMapping {
		return civic.Refuse(civic.TooLarge, "skein.yaml", "file", path, "cause", fmt.Sprintf("%d bytes", len(data)))
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return civic.Refuse(civic.Malformed, "skein.yaml", "file", path, "cause", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	return nil
}
