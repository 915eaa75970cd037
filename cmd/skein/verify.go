package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"skein/face/words"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/outward"
	"skein/frame/seal"
)

type verifyCommand struct {
	Realm   verifyRealmCommand   `cmd:"" default:"withargs" help:"Check a realm: journal, tables and log agree. Exits 0 only when all holds."`
	Receipt verifyReceiptCommand `cmd:"" help:"Say what a receipt proves. Exits 0 only when everything in it is proved."`
	Report  verifyReportCommand  `cmd:"" help:"Hold a published file of a monthly report against the act that signs it, and that act against the log."`
	Reports verifyReportsCommand `cmd:"" help:"Hold all monthly reports of a realm against their documents, and their figures against the journal, counted anew."`
	Log     verifyLogCommand     `cmd:"" help:"Read a whole log and check every hash. Exits 0 only when everything is proved."`
}

type verifyRealmCommand struct {
	where
	output
}

func (c *verifyRealmCommand) Run(g *global) error {
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	id, err := a.only(g.ctx)
	if err != nil {
		return err
	}
	bar := newBar("verify")
	r, err := clerk.Verify(g.ctx, a.house, a.db, id, bar.at)
	bar.end()
	if err == nil {
		err = r.Also(clerk.CheckTables(g.ctx, a.house, a.db, id))
	}
	if err != nil {
		return err
	}
	if err := a.vault.Check(g.ctx, id, r.Find); err != nil {
		return err
	}
	if err := seal.CheckKeys(g.ctx, a.db.R, id, c.keys(), r.Find); err != nil {
		return err
	}
	counts, err := seal.Check(g.ctx, a.db, id, r.Find)
	if err != nil {
		return err
	}
	read, err := a.checkAccess(g.ctx, id, r.Find)
	if err != nil {
		return err
	}
	r.Spans, r.Readings = read.Spans, read.Readings
	r.Logs, r.Leaves, r.Waiting = counts.Logs, counts.Leaves, counts.Waiting
	return c.report("verify", r)
}

// checkAccess holds, on one snapshot, the record of who read what against the log.
func (a *app) checkAccess(ctx context.Context, realm civic.Realm, find func(where, format string, args ...any)) (access.Counts, error) {
	tx, err := a.db.R.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: a.db.Snapshot()})
	if err != nil {
		return access.Counts{}, err
	}
	defer tx.Rollback()
	leaves, err := seal.Texts(ctx, tx, realm)
	if err != nil {
		return access.Counts{}, err
	}
	return access.Check(ctx, tx, realm, leaves, find)
}

// trusted are the keys that somebody verifies with.
type trusted struct {
	Key     []string `required:"" placeholder:"VKEY" help:"The log's verifier key, as /log/REALM/key gives it. Take it from somewhere else than the log you check."`
	Witness []string `placeholder:"VKEY" help:"The verifier key of a witness."`
}

func (t trusted) keys() seal.Keys { return seal.Keys{Log: t.Key, Witnesses: t.Witness} }

// Validate is asked by the parser of the command line.
func (t trusted) Validate() error {
	for _, k := range append(append([]string(nil), t.Key...), t.Witness...) {
		if err := seal.CheckKey(k); err != nil {
			return fmt.Errorf("%q is no verifier key (name+number+letters)", k)
		}
	}
	return nil
}

type verifyReceiptCommand struct {
	output
	trusted
	File string `arg:"" type:"existingfile" help:"The receipt, a text file."`
}

// faulted turns a fault of what was checked into words.
func faulted(err error) error {
	var f *seal.Fault
	if errors.As(err, &f) {
		return f.Refusal()
	}
	return err
}

// readReceipt reads a receipt and says what it proves.
func readReceipt(file string, keys seal.Keys) (*seal.Receipt, *seal.Proved, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, civic.Refuse(civic.Missing, "skein.file_unreadable", "file", file, "cause", cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, seal.MostReceipt+1))
	if err != nil {
		return nil, nil, err
	}
	r, err := seal.ParseReceipt(text)
	if err != nil {
		return nil, nil, faulted(err)
	}
	p, err := r.Verify(keys)
	return r, p, faulted(err)
}

func (c *verifyReceiptCommand) Run(g *global) error {
	_, p, err := readReceipt(c.File, c.keys())
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return c.json(p)
	}
	for _, line := range provedWords(g.voice(), p) {
		fmt.Println(line)
	}
	return nil
}

// provedWords says what a receipt proves.
func provedWords(v words.Voice, p *seal.Proved) (out []string) {
	say := func(key string, pairs ...any) { out = append(out, v.Say(key, pairs...)) }
	if a := p.Act; a != nil {
		kind, _, _ := strings.Cut(a.Actor, ":")
		say("skein.proved_act", "type", a.Type, "dossier", a.Dossier, "seq", a.Seq, "realm", string(a.Realm),
			"recorded", a.Recorded.Time().UTC().Format(time.RFC3339), "actor", kind, "power", a.Power)
	} else {
		say("skein.proved_commitment", "commitment", p.Commitment)
	}
	if p.Stage == seal.Recorded {
		say("skein.proved_recorded", "origin", p.Origin, "recorded", p.Recorded.Format(time.RFC3339), "by", p.SealedBy.Format(time.RFC3339))
		return out
	}
	say("skein.proved_sealed", "origin", p.Origin, "leaf", p.Leaf, "size", p.Checkpoint.Tree.N, "at", p.Checkpoint.At.Format(time.RFC3339))
	for _, w := range p.Checkpoint.Cosigned {
		say("skein.proved_witnessed", "witness", w.Name, "at", w.At.Format(time.RFC3339))
	}
	return out
}

type verifyLogCommand struct {
	output
	trusted
	URL  string   `arg:"" help:"The log's address, such as https://city.example/log/harbour."`
	Seen []string `type:"existingfile" placeholder:"FILE" help:"A checkpoint, or a receipt, that somebody got before: the log must continue it."`
	Acts bool     `help:"Also hold that every public act that the realm shows (/api/acts) is in the log."`
}

func (c *verifyLogCommand) Run(g *global) error {
	at, err := url.Parse(strings.TrimSuffix(c.URL, "/"))
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return misuseError{fmt.Errorf("an address such as https://city.example/log/harbour is wanted, not %q", c.URL)}
	}
	var seen []string
	for _, file := range c.Seen {
		text, err := os.ReadFile(file)
		if err != nil {
			return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", file, "cause", cause(err))
		}
		seen = append(seen, string(text))
	}
	leaves := map[string]bool{}
	each := func(_ int64, entry []byte) {
		if commitment, ok := seal.ParseActEntry(entry); ok && c.Acts {
			leaves[string(commitment)] = true
		}
	}
	bar := newBar("verify log")
	a, err := seal.Audit(g.ctx, fetching(at), c.keys(), seen, each, bar.at)
	bar.end()
	if err != nil {
		return faulted(err)
	}
	acts := 0
	if c.Acts {
		if acts, err = shownActs(g.ctx, at, a, leaves); err != nil {
			return faulted(err)
		}
	}
	if c.Format == "json" {
		return c.json(struct {
			*seal.Audited
			Shown int `json:"public_acts_shown,omitempty"`
		}{a, acts})
	}
	v := g.voice()
	fmt.Println(v.Say("skein.log_proved", "origin", a.Checkpoint.Origin, "size", a.Checkpoint.Tree.N, "acts", a.Acts,
		"at", a.Checkpoint.At.Format(time.RFC3339), "root", a.Checkpoint.Tree.Hash.String()))
	for _, k := range a.Changes {
		fmt.Println(v.Say("skein.log_key_changed", "old", k.Old, "new", k.New, "at", k.At.Format(time.RFC3339)))
	}
	if k := a.Continues; k != nil {
		from, end := k.Lost()
		fmt.Println(v.Say("skein.log_continues", "of", k.Of, "reason", v.Say("skein.log_reason_"+k.Reason), "at", k.At.Format(time.RFC3339)))
		if end > from {
			fmt.Println(v.Say("skein.log_lost", "from", from, "last", end-1, "of", k.Of))
		}
	}
	for _, w := range a.Checkpoint.Cosigned {
		fmt.Println(v.Say("skein.proved_witnessed", "witness", w.Name, "at", w.At.Format(time.RFC3339)))
	}
	if a.Seen > 0 {
		fmt.Println(v.Say("skein.log_seen", "count", a.Seen))
	}
	if c.Acts {
		fmt.Println(v.Say("skein.log_acts", "count", acts))
	}
	return nil
}

// mostAnswer bounds what is read of an answer, in bytes: a full bundle has 256 leaves of at most 64 KiB.
const mostAnswer = 17 << 20

// asked is an answer of another machine, whole.
func asked(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	refuse := func(cause string) error {
		return civic.Refuse(civic.Unavailable, "skein.not_answered", "address", address, "cause", cause)
	}
	answer, err := askingClient.Do(r)
	if err != nil {
		return nil, refuse(err.Error())
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	if err != nil {
		return nil, refuse(err.Error())
	}
	return body, nil
}

// askingClient asks where the operator said, so it may ask anywhere.
var askingClient = outward.Client(false)

func fetching(at *url.URL) seal.Fetch {
	return func(ctx context.Context, path string) ([]byte, error) { return asked(ctx, at.String()+"/"+path) }
}

// shownActs holds that the public acts a realm shows, up to the checkpoint's time, are leaves of its log.
func shownActs(ctx context.Context, log *url.URL, a *seal.Audited, leaves map[string]bool) (int, error) {
	base, _, ok := strings.Cut(log.String(), "/log/")
	if !ok {
		return 0, misuseError{errors.New("--acts wants the address of a realm's log: https://…/log/REALM")}
	}
	n, after := 0, ""
	for {
		text, err := asked(ctx, base+"/api/acts?limit=1000&after="+url.QueryEscape(after))
		if err != nil {
			return n, err
		}
		var page struct {
			Acts []struct {
				ID         string    `json:"id"`
				Recorded   time.Time `json:"recorded"`
				Commitment string    `json:"commitment"`
			} `json:"acts"`
			Next string `json:"next"`
		}
		if err := json.Unmarshal(text, &page); err != nil {
			return n, civic.Refuse(civic.Unavailable, "skein.not_answered", "address", base+"/api/acts", "cause", err.Error())
		}
		for _, act := range page.Acts {
			commitment, err := hex.DecodeString(act.Commitment)
			switch {
			case err == nil && leaves[string(commitment)]:
				n++
			case a.Continues != nil && act.Recorded.Before(a.Continues.At):
				// of the log that ended: it is held against that one
			case act.Recorded.Before(a.Checkpoint.At.Add(-sealingTakes)) || act.Recorded.After(a.Checkpoint.At.Add(sealingStops)):
				return n, civic.Refuse(civic.Invalid, "seal.audit_act_missing", "id", act.ID, "origin", a.Checkpoint.Origin,
					"commitment", base64.StdEncoding.EncodeToString(commitment))
			}
		}
		if page.Next == "" || len(page.Acts) == 0 {
			return n, nil
		}
		after = page.Next
	}
}

// sealingTakes is how long a public act may wait to be sealed before it is missed; sealingStops is how far acts may be ahead of the
// newest checkpoint before the log has stopped, or a time was made up.
const (
	sealingTakes = time.Minute
	sealingStops = time.Hour
)
