package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/duty"
	"skein/rooms/matter"
)

type realmCommand struct {
	New     newRealmCommand     `cmd:"" help:"Make a realm: its folder, keys and database, with the founding categories."`
	Licence licenceRealmCommand `cmd:"" help:"Say under what licence the realm gives its open data away, or with --none that nothing is said. It holds from the next start on."`
	Keep    keepRealmCommand    `cmd:"" help:"Say for how long what was told in matters of a kind is kept after their end, by the realm's law. It holds from the next start on, and for what is there."`
}

type keepRealmCommand struct {
	where
	Kind matter.Kind `arg:"" help:"request, complaint, suggestion, question, dispute or safety."`
	Days int         `required:"" help:"Days after the end of a matter, at most 36,525."`
	Law  string      `required:"" help:"The law that says so; it is shown where something was erased by it."`
}

func (c *keepRealmCommand) Run(g *global) error {
	switch {
	case !slices.Contains(matter.Kinds, c.Kind):
		return misuseError{fmt.Errorf("%q is no kind of matter", c.Kind)}
	case c.Days < 1 || c.Days > calendar.MostDays:
		return misuseError{fmt.Errorf("--days wants a number from 1 to %d", calendar.MostDays)}
	case strings.TrimSpace(c.Law) == "" || len(c.Law) > 300:
		return misuseError{errors.New("--law wants the law, in at most 300 characters")}
	}
	if err := c.set(g, func(s *clerk.Settings) {
		if s.Retention == nil {
			s.Retention = map[string]clerk.Keep{}
		}
		s.Retention[string(c.Kind)] = clerk.Keep{Days: c.Days, Law: c.Law}
	}); err != nil {
		return err
	}
	fmt.Println(g.voice().Say("skein.kept", "kind", string(c.Kind), "days", c.Days))
	return nil
}

// set changes what a realm says of itself.
func (w where) set(g *global, change func(*clerk.Settings)) error {
	return w.work(g, func(a *app, realm *clerk.Realm) error {
		s, _, err := clerk.SettingsOf(g.ctx, a.db, realm.ID)
		if err != nil {
			return err
		}
		change(&s)
		return clerk.SaveSettings(g.ctx, a.db, realm.ID, s)
	})
}

type licenceRealmCommand struct {
	where
	Licence string `arg:"" optional:"" help:"Its name, such as CC BY 4.0."`
	None    bool   `help:"Nothing is said of a licence."`
}

func (c *licenceRealmCommand) Run(g *global) error {
	c.Licence = strings.TrimSpace(c.Licence)
	switch {
	case c.None != (c.Licence == ""):
		return misuseError{errors.New("say the name of a licence, or --none")}
	case !c.None && !civic.Plain(c.Licence, longestLicence):
		return misuseError{fmt.Errorf("a licence is said in one line of at most %d characters", longestLicence)}
	}
	if err := c.set(g, func(s *clerk.Settings) { s.Licence = c.Licence }); err != nil {
		return err
	}
	if c.None {
		fmt.Println(g.voice().Say("skein.licence_none"))
	} else {
		fmt.Println(g.voice().Say("skein.licence", "licence", c.Licence))
	}
	return nil
}

// longestLicence is how much /data says of a licence.
const longestLicence = 200

type newRealmCommand struct {
	output
	Data           string      `required:"" type:"path" placeholder:"DIR" help:"Folder for the realm's data: database, keys, attachments."`
	Database       string      `placeholder:"FILE|postgres://…" help:"The database, if it is not to be DIR/skein.db."`
	Name           string      `required:"" help:"The realm's name in its first language."`
	NameZh         string      `name:"name-zh" help:"The realm's name in Chinese."`
	Zone           string      `required:"" placeholder:"IANA" help:"Its time zone, such as Asia/Shanghai."`
	Languages      []string    `default:"en,zh-Hans" help:"Its languages, the first is the default."`
	PublicURL      string      `required:"" placeholder:"URL" help:"The address that people use."`
	Realm          civic.Realm `placeholder:"CODE" help:"Its code; made of the name if there is none."`
	Emergency      string      `default:"112" help:"The number to call when life is in danger."`
	PublicOfficers bool        `help:"The realm's law has officers' names published."`
	Licence        string      `placeholder:"NAME" help:"Under what the realm gives its open data away, such as CC BY 4.0."`
	ReadingsKept   int         `placeholder:"DAYS" help:"For how many days it is kept who read private contents; three years if nothing is said."`
	Add            bool        `help:"Add it to the realms that DIR holds already."`
}

var (
	realmForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	emergencyForm = regexp.MustCompile(`^\+?[0-9][0-9 -]{0,19}$`)
)

// settings checks what was given and refuses with every reason.
func (c *newRealmCommand) settings() (clerk.Settings, civic.Refusals) {
	var reasons civic.Refusals
	refuse := func(field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(civic.Invalid, key, args...).In("--"+field))
	}
	s := clerk.Settings{
		Titles: map[string]string{}, Zone: c.Zone, Languages: c.Languages, PublicURL: strings.TrimSuffix(c.PublicURL, "/"),
		Emergency: c.Emergency, PublicOfficers: c.PublicOfficers, Licence: c.Licence, ReadingsKept: c.ReadingsKept,
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		refuse("zone", "realm.zone", "zone", c.Zone)
	}
	for _, l := range c.Languages {
		if !slices.Contains(words.Languages, l) {
			refuse("languages", "skein.language_unknown", "language", l, "languages", strings.Join(words.Languages, ", "))
		}
	}
	if strings.TrimSpace(c.Name) == "" || len(c.Languages) == 0 {
		refuse("name", "skein.name_missing")
	} else {
		s.Titles[c.Languages[0]] = c.Name
	}
	if c.NameZh != "" {
		s.Titles["zh-Hans"] = c.NameZh
	}
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		refuse("public-url", "skein.url_form", "value", c.PublicURL)
	}
	if !emergencyForm.MatchString(c.Emergency) {
		refuse("emergency", "skein.emergency_form", "value", c.Emergency)
	}
	if c.Licence != "" && !civic.Plain(c.Licence, longestLicence) {
		refuse("licence", "skein.licence_form", "most", longestLicence)
	}
	if c.ReadingsKept < 0 {
		refuse("readings-kept", "skein.readings_kept", "days", c.ReadingsKept)
	}
	if c.Realm == "" {
		if c.Realm = civic.Realm(codeOf(c.Name)); c.Realm == "" {
			c.Realm = "realm"
		}
	}
	if !realmForm.MatchString(string(c.Realm)) {
		refuse("realm", "skein.realm_form", "value", string(c.Realm))
	}
	return s, reasons
}

// codeOf makes a code of a name: small ASCII letters and digits, dashes between; at most 32 characters.
func codeOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	s := b.String()
	return strings.Trim(s[:min(32, len(s))], "-")
}

// made is what `realm new` made, and what comes next.
type made struct {
	Realm    civic.Realm `json:"realm"`
	Data     string      `json:"data"`
	Database string      `json:"database"`
	Key      string      `json:"key"`
	Next     []string    `json:"next"`
}

func (c *newRealmCommand) Run(g *global) error {
	settings, refusals := c.settings()
	if len(refusals) > 0 {
		return refusals
	}
	w := where{Data: c.Data, Database: c.Database, Realm: string(c.Realm)}
	fresh, err := c.fresh(w)
	if err != nil {
		return err
	}
	if err := c.make(g, w, settings); err != nil {
		if fresh { // what was begun here is taken away again; nothing else was there
			err = errors.Join(err, os.RemoveAll(filepath.Dir(w.masterPath())), removeDatabase(w))
		}
		return err
	}
	database := w.source()
	if u, err := url.Parse(database); err == nil && u.Scheme != "" {
		database = u.Redacted()
	}
	at := " --data " + c.Data
	if c.Database != "" {
		at += " --database " + database
	}
	if c.Add {
		at += " --in " + string(c.Realm)
	}
	m := made{
		Realm: c.Realm, Data: c.Data, Database: database, Key: w.masterPath(),
		Next: []string{
			"skein place import PLACES.csv|.geojson" + at,
			"skein place import CALENDARS.yaml" + at,
			"skein body import BODIES.csv" + at,
			"skein duty check --file LIST.csv" + at,
			"skein duty import LIST.csv" + at,
			"skein key new --post BODY/POST" + at,
			"skein serve" + at + " --listen 127.0.0.1:8311",
		},
	}
	if c.Format == "json" {
		return c.json(m)
	}
	voice := g.voice()
	fmt.Println(voice.Say("skein.realm_made", "realm", string(m.Realm), "folder", m.Data))
	fmt.Println(voice.Say("skein.realm_key", "path", m.Key))
	fmt.Println(voice.Say("skein.realm_next"))
	for _, n := range m.Next {
		fmt.Println("  " + n)
	}
	return nil
}

// fresh reports whether nothing of a realm is in the folder yet; if something is, it takes --add to go on.
func (c *newRealmCommand) fresh(w where) (bool, error) {
	for _, path := range []string{w.masterPath(), filepath.Join(w.Data, "skein.db")} {
		_, err := os.Lstat(path)
		switch {
		case err == nil && !c.Add:
			return false, civic.Refuse(civic.Conflict, "skein.data_there", "folder", c.Data)
		case err == nil:
			return false, nil
		case !errors.Is(err, os.ErrNotExist):
			return false, err
		}
	}
	return true, nil
}

func removeDatabase(w where) error {
	if w.Database != "" {
		return nil
	}
	var errs []error
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(w.source() + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// beginning is the day from which the founding categories hold: before anything that is
// imported, whose own versions may then take effect on days that are long past.
const beginning = "1970-01-02"

func (c *newRealmCommand) make(g *global, w where, s clerk.Settings) error {
	a, err := w.open(g.ctx, true)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.found(g.ctx, c.Realm, s); err != nil {
		return err
	}
	realm, err := a.realm(g.ctx, true)
	if err != nil {
		return err
	}
	defer realm.Close()
	_, err = a.adopt(g, realm, duty.CategoriesID, duty.Adoption{
		Format: duty.CSV, Document: string(duty.Founding().CSV()), Effective: beginning,
	})
	return err
}
