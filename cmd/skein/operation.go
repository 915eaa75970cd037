package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/store"
	"skein/frame/vault"
)

// checkCommand looks at how Skein is run, rather than at what it holds (verify does that): all that the
// operator must see to, because no program can do it for her.
type checkCommand struct {
	where
	output
	PublicURL string `placeholder:"URL" help:"The address that people use, if it is not the realm's."`
	Plain     string `placeholder:"HOST:PORT" help:"Where plain http would answer, if not at port 80 of that host."`
	Roots     string `type:"path" placeholder:"FILE" help:"Certificates (PEM) to trust instead of the system's, for a private authority."`
}

// How a finding stands. Bad ones make the command fail.
const (
	good     = "good"
	unlooked = "not looked at"
	warned   = "warning"
	bad      = "bad"
)

// found is one thing that was looked at.
type found struct {
	Check    string         `json:"check"`
	Standing string         `json:"standing"`
	Sentence string         `json:"sentence"`
	Args     map[string]any `json:"args,omitempty"`
}

// findings gathers what was found, in the operator's language.
type findings struct {
	all   []found
	voice words.Voice
}

func (f *findings) add(standing, key string, args ...any) {
	named := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	f.all = append(f.all, found{strings.TrimPrefix(key, "skein.check_"), standing, f.voice.Say(key, args...), named})
}

func (c *checkCommand) Run(g *global) error {
	f := &findings{voice: g.voice()}
	c.files(f)
	c.connections(f)
	if err := c.database(g, f); err != nil {
		return err
	}
	if c.Format == "json" {
		if err := c.json(f.all); err != nil {
			return err
		}
	} else {
		for _, one := range f.all {
			fmt.Printf("%-14s %s\n", f.voice.Say("skein.standing_"+strings.ReplaceAll(one.Standing, " ", "_")), one.Sentence)
		}
	}
	for _, one := range f.all {
		if one.Standing == bad {
			return errFound
		}
	}
	return nil
}

// files holds that nobody else on the machine reads the folder, the keys and the settings.
func (c *checkCommand) files(f *findings) {
	open := 0
	closed := func(path string) {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			f.add(bad, "skein.check_file_unreadable", "path", path, "cause", cause(err))
			open++
			return
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			f.add(bad, "skein.check_file_open", "path", path, "mode", fmt.Sprintf("%04o", mode))
			open++
		}
	}
	keys := filepath.Dir(c.masterPath())
	if !strings.Contains(c.keyStore(), "://") {
		closed(c.keyStore())
	}
	for _, path := range []string{c.Data, keys, c.masterPath(), filepath.Join(c.Data, "courier.json"), filepath.Join(c.Data, "signin.json"), filepath.Join(c.Data, "log.json")} {
		closed(path)
	}
	retired, _ := filepath.Glob(filepath.Join(keys, "retired-*.key")) // the pattern is well formed
	for _, path := range retired {
		closed(path)
		f.add(warned, "skein.check_key_retired", "path", path)
	}
	if _, err := vault.OpenMaster(c.masterPath()); err != nil {
		f.add(bad, "skein.check_key_bad", "path", c.masterPath())
		open++
	}
	if open == 0 {
		f.add(good, "skein.check_files", "folder", c.Data)
	}
}

// connections holds what leaves for other machines to be encrypted and its receiver to be known.
func (c *checkCommand) connections(f *findings) {
	a := &app{where: c.where}
	settings, err := a.courierSettings()
	switch {
	case settings.Unencrypted && len(settings.plain()) > 0:
		f.add(bad, "skein.check_courier_plain", "what", strings.Join(settings.plain(), ", "))
	case err != nil:
		f.add(bad, "skein.check_settings", "cause", explainPlainly(f.voice, err))
	case settings.Mail == nil && settings.SMS == nil:
		f.add(unlooked, "skein.check_courier_none")
	default:
		f.add(good, "skein.check_courier")
	}
	if err == nil {
		c.secrets(f, settings)
	}
	if settings.PrivateWebhooks {
		f.add(warned, "skein.check_webhooks_private")
	}
	if err == nil { // otherwise it would say the same again
		if _, _, err := a.signInSettings(); err != nil {
			f.add(bad, "skein.check_settings", "cause", explainPlainly(f.voice, err))
		}
	}
	switch mode, is := store.Unverified(c.source()); {
	case is:
		f.add(bad, "skein.check_database_unverified", "mode", mode)
	case strings.HasPrefix(c.source(), "postgres"):
		f.add(good, "skein.check_database")
	}
}

// database looks at the role that serves, and from the realm's own settings at its public address.
func (c *checkCommand) database(g *global, f *findings) error {
	w := c.where
	w.UnverifiedDatabase = true // which was found above
	public, err := c.inside(g, f, w)
	if err != nil {
		f.add(bad, "skein.check_closed", "cause", explainPlainly(f.voice, err))
	}
	if public == "" {
		return nil
	}
	u, err := url.Parse(public)
	if err != nil || u.Host == "" {
		return misuseError{fmt.Errorf("--public-url wants an address such as https://skein.example, not %q", public)}
	}
	switch {
	case u.Scheme != "https" && onLoopback(public):
		f.add(unlooked, "skein.check_local", "url", public)
	case u.Scheme != "https":
		f.add(bad, "skein.check_not_https", "url", public)
	default:
		return (&outside{url: u, plain: c.Plain, f: f}).look(g.ctx, c.Roots)
	}
	return nil
}

// inside looks into the database, and says at which address the realm is served.
func (c *checkCommand) inside(g *global, f *findings, w where) (public string, err error) {
	a, err := w.open(g.ctx, false)
	if err != nil {
		return c.PublicURL, err
	}
	defer a.close()
	if a.db.Engine == store.Postgres {
		role, beyond, err := serving.Excess(g.ctx, a.db)
		if err != nil {
			return c.PublicURL, err
		}
		if len(beyond) > 0 {
			f.add(bad, "skein.check_role_wide", "role", role, "rights", strings.Join(beyond, ", "))
		} else {
			f.add(good, "skein.check_role", "role", role)
		}
	}
	if len(a.vault.Keys.Master.Retiring()) > 0 {
		f.add(bad, "skein.check_rewrap")
	}
	copies, until, err := a.vault.Keys.Copies(g.ctx, time.Now())
	switch {
	case err != nil:
		return c.PublicURL, err
	case len(copies) == 0:
		f.add(warned, "skein.check_keys_uncopied")
	default:
		f.add(good, "skein.check_keys_copied", "copies", len(copies), "until", until.Format(time.DateOnly))
	}
	if c.PublicURL != "" {
		return c.PublicURL, nil
	}
	realm, err := a.realm(g.ctx, true)
	if err != nil {
		return "", err
	}
	defer realm.Close()
	return realm.View().Settings.PublicURL, nil
}

// explainPlainly is an error in words, in one line.
func explainPlainly(v words.Voice, err error) string {
	if rs, ok := civic.AsRefusals(err); ok {
		return v.Refusal(rs[0])
	}
	return err.Error()
}
