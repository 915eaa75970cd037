package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"skein/face"
	"skein/face/front"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/paper"
	"skein/frame/power"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/place"
)

type serveCommand struct {
	where
	server
}

// server is how a realm is served; demo serves too.
type server struct {
	Listen        string        `default:"127.0.0.1:8311" placeholder:"HOST:PORT" help:"Address to listen on."`
	PublicURL     string        `placeholder:"URL" help:"The address that people use, if it is not that of the listener."`
	TrustedProxy  []string      `placeholder:"CIDR" help:"Proxies whose X-Forwarded-For is believed."`
	PlainInside   bool          `help:"Listen beyond this machine in plain: what lies between the proxy and here is encrypted by other means, or nobody else is on it."`
	ReadTime      time.Duration `default:"60s" help:"Server time that readers of one network may take at once; 0 is no bound."`
	ReadShare     float64       `default:"0.25" help:"What part of the time they may take in the long run: 0.25 is a quarter of one core."`
	Basemap       string        `type:"path" placeholder:"FILE" help:"Vector tiles to lay under the realm's boundaries: a PMTiles file with the layers of the Protomaps basemap, version 4."`
	MapStyle      string        `type:"path" placeholder:"FILE" help:"A MapLibre style to lay there instead, with tiles, glyphs and icons in files beside it."`
	BasemapCredit string        `placeholder:"TEXT" help:"Whom the map credits for them, if not whom the file names."`
	Unsealed      bool          `hidden:"" help:"Seal nothing; to measure what sealing costs."`
}

func (c *serveCommand) Run(g *global) error {
	if err := store.Pool(); err != nil {
		return err
	}
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	return a.serve(g, c.server)
}

// serve serves the realm until the process is told to stop.
func (a *app) serve(g *global, s server) error {
	if err := errors.Join(front.Built(), paper.Built()); err != nil {
		return err
	}
	thrift(0)
	a.spare()
	go collectAhead(g.ctx)
	realm, err := a.realm(g.ctx, false)
	if err != nil {
		return err
	}
	defer realm.Close()
	if s.ReadTime < 0 || s.ReadShare <= 0 {
		return misuseError{errors.New("--read-time wants a time, 0 for no bound, and --read-share a number above 0")}
	}
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return misuseError{fmt.Errorf("--listen wants HOST:PORT, not %q", s.Listen)}
	}
	site, err := a.site(g, realm, s)
	if err != nil {
		return err
	}
	defer site.Basemap.Close()
	if realm.View().Settings.Demo == nil && !here(host) && !site.Secure() || realm.View().Settings.Demo == nil && !site.Secure() && !onLoopback(site.PublicURL) {
		return misuseError{errors.New("people sign in here, so beyond this machine the realm is served under https alone: put a proxy with a certificate before it and say --public-url https://…, or listen on 127.0.0.1")}
	}
	if !s.PlainInside && realm.View().Settings.Demo == nil && !here(host) {
		return misuseError{errors.New("there is no TLS in here, so beyond this machine everything would be readable between the proxy and here: listen on 127.0.0.1 with the proxy beside it, or say --plain-inside where that way is encrypted by other means")}
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", s.Listen, err)
	}
	if site.PublicURL == "" {
		site.PublicURL = "http://" + listener.Addr().String()
	}
	server := &http.Server{
		Handler: site.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 90 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	post, err := a.courier(realm, site)
	if err != nil {
		return err
	}
	carrying, rest := context.WithCancel(context.Background())
	var carried sync.WaitGroup
	carried.Go(func() {
		if err := post.Run(carrying); err != nil && carrying.Err() == nil {
			a.log.Error("the courier stopped", "err", err)
		}
	})
	carried.Go(func() { vault.NewCleaner(a.vault, realm.ID, a.log).Run(carrying) })
	carried.Go(func() {
		matters, err := a.roll(carrying)
		if err != nil && carrying.Err() == nil {
			a.log.Error("the roll of matters was not read at the start", "err", err)
		}
		thrift(matters)
	})
	if !s.Unsealed {
		carried.Go(func() { site.Seal.Run(carrying) })
		if site.Asker != nil {
			carried.Go(func() { site.Asker.Run(carrying) })
		}
	}
	defer func() { rest(); carried.Wait() }()
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	fmt.Fprintf(os.Stderr, "%s is served at %s\n", realm.View().Settings.Title("en"), site.PublicURL)
	select {
	case err := <-stopped:
		return err
	case <-g.ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

// here reports whether a host is this machine by its loopback.
func here(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// onLoopback reports whether an address that people use is this machine's own; "" is.
func onLoopback(public string) bool {
	u, err := url.Parse(public)
	return public == "" || err == nil && here(u.Hostname())
}

// spare lets one thread more run than there are processors, where commits are this process's own: whoever waits for the disk in a system call
// keeps a processor from the others until the runtime notices.
func (a *app) spare() {
	if a.db.Engine == store.SQLite && os.Getenv("GOMAXPROCS") == "" {
		oneMore()
	}
}

var oneMore = sync.OnceFunc(func() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) })

// thrift spends memory on rarer collections, up to what a small server has to give: with SQLite's caches outside it, the whole stays
// below 300 MB up to a hundred thousand matters. Beyond, each brings what the roll and the picture hold of it, and as much again for
// what is collected: a limit near what is held would collect all the time. GOGC and GOMEMLIMIT go before.
func thrift(matters int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(205<<20 + 300*int64(max(0, matters-100_000)))
	}
}

// site puts the rooms' doors before a realm.
func (a *app) site(g *global, realm *clerk.Realm, s server) (*face.Site, error) {
	var proxies []netip.Prefix
	for _, p := range s.TrustedProxy {
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			return nil, misuseError{fmt.Errorf("--trusted-proxy wants an address range such as 10.0.0.0/8, not %q", p)}
		}
		proxies = append(proxies, prefix)
	}
	public := s.PublicURL
	if public == "" {
		public = realm.View().Settings.PublicURL
	}
	site := face.New(&face.Site{
		Realm: realm, Vault: a.vault, Access: &access.Record{DB: a.db, Vault: a.vault, Realm: realm.ID, Now: realm.Now, Log: a.log}, Book: g.book, Keys: &face.Keys{DB: a.db, Realm: realm.ID}, Log: a.log,
		PublicURL: public, Proxies: proxies, Version: version, Name: title,
	})
	var err error
	if site.Seal, err = a.sealer(g.ctx, realm); err != nil {
		return nil, err
	}
	if err := a.witnesses(g.ctx, site); err != nil {
		return nil, err
	}
	site.Reading.At, site.Reading.Share = s.ReadTime, s.ReadShare
	if err := basemapOf(site, s); err != nil {
		return nil, err
	}
	matters := &matter.API{
		Site: site, Ports: a.ports, Officer: officerOf,
		Intake: matter.Intake{
			Vault: a.vault, Access: site.Access, Ground: func(v *clerk.View) matter.Ground { return ground{place.CatalogIn(v)} },
			Private: func(v *clerk.View, c civic.Category) bool {
				facts, _ := a.ports.Duties(v).Category(c)
				return facts.Private
			},
		},
	}
	matters.Register()
	a.roll = func(ctx context.Context) (n int, err error) {
		err = matters.Walk(ctx, func(matter.Glance) { n++ })
		return n, err
	}
	addresses := &place.Addresses{DB: a.db, Realm: realm.ID}
	openDoors(site, matters, addresses)
	push, err := a.push(site, false)
	if err != nil {
		return nil, err
	}
	key := ""
	if push != nil {
		key = push.Public
	}
	registerPages(site, matters, addresses, a.reviews, a.merits, key)
	if err := a.signIn(site, matters); err != nil {
		return nil, err
	}
	site.Record()
	site.Logs()
	site.Receipts()
	site.Witnesses()
	(&place.API{Site: site, Addresses: addresses}).Register()
	(&body.API{Site: site}).Register()
	(&duty.API{
		Site: site, Known: known, Realm: listedIn,
		Ground: func(v *clerk.View) duty.Ground { return dutyGround{place.CatalogIn(v)} },
	}).Register()
	return site, nil
}

// officerOf is the published name of who sat in a post at a moment.
func officerOf(v *clerk.View, post civic.PostID, at civic.Instant) string {
	p, ok := body.CatalogIn(v).Post(post)
	if !ok || !v.Settings.PublicOfficers {
		return ""
	}
	term, _ := p.Seated(at)
	return term.PublicName
}

type keyCommand struct {
	New    newKeyCommand    `cmd:"" help:"Make a key and print it; it is not kept and not shown again."`
	List   listKeysCommand  `cmd:"" help:"List the keys of a realm: whose they are, what for, until when."`
	Revoke revokeKeyCommand `cmd:"" help:"Take a key back; it is good for nothing from then on."`
	Rotate rotateKeyCommand `cmd:"" help:"Give the log a new key, which the old one signs, in public."`
	Lost   lostKeyCommand   `cmd:"" help:"The log's key is lost: go on under a new name, in public, naming the last known checkpoint."`
}

type listKeysCommand struct {
	where
	output
}

func (c *listKeysCommand) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		keys, err := (&face.Keys{DB: a.db, Realm: realm.ID}).List(g.ctx)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return c.json(keys)
		}
		voice := g.voice()
		for _, k := range keys {
			fmt.Println(voice.Say("skein.key_line", "id", k.ID, "use", cmp.Or(string(k.Post), k.Use), "scope", cmp.Or(k.Scope, "*"), "label", k.Label,
				"until", k.Ends, "standing", voice.Say("skein.key_"+k.Standing(realm.Now()))))
		}
		return nil
	})
}

type revokeKeyCommand struct {
	where
	ID string `arg:"" help:"The key's id, as skein key list shows it."`
}

func (c *revokeKeyCommand) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		ok, err := (&face.Keys{DB: a.db, Realm: realm.ID}).Revoke(g.ctx, c.ID, realm.Now())
		if err == nil && !ok {
			err = civic.Refuse(civic.Missing, "skein.key_unknown", "id", c.ID)
		}
		return err
	})
}

type newKeyCommand struct {
	where
	Use   string       `enum:"post,open311" default:"post" help:"What the key is for: post or open311."`
	Post  civic.PostID `placeholder:"BODY/POST" help:"The post whose key it is."`
	Label string       `help:"A note to know it by."`
	Days  int          `default:"365" help:"For how many days, at most 1,095."`
	Scope []string     `placeholder:"ACTION" help:"What the key may be used for, of what its post may do: actions such as matter.answer, or matter.*. Without it, for all."`
}

func (c *newKeyCommand) Run(g *global) error {
	if (c.Use == "post") != (c.Post != "") {
		return misuseError{errors.New("say either --post BODY/POST or --use open311")}
	}
	if c.Days < 1 || c.Days > 1095 {
		return misuseError{errors.New("--days wants a number from 1 to 1095: every key has an end")}
	}
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	realm, err := a.realm(g.ctx, true)
	if err != nil {
		return err
	}
	defer realm.Close()
	if c.Post != "" && !bodyIn(realm).HasPost(c.Post) {
		return civic.Refuse(civic.Missing, "skein.post_unknown", "post", string(c.Post)).In("post")
	}
	now := realm.Now()
	for _, scope := range c.Scope {
		if !power.ScopeFits(scope, realm.View().Powers.Actions()) {
			return misuseError{fmt.Errorf("--scope %q names no action; /powers lists them", scope)}
		}
	}
	ends := now.Add(time.Duration(c.Days) * 24 * time.Hour)
	key, err := (&face.Keys{DB: a.db, Realm: realm.ID}).New(g.ctx, face.Key{Use: c.Use, Post: c.Post, Scope: strings.Join(c.Scope, " ")}, c.Label, now, ends)
	if err != nil {
		return err
	}
	fmt.Println(key)
	return nil
}
