package seal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"skein/frame/civic"
	"skein/frame/outward"
	"skein/frame/store"
)

// Asking is what is needed to ask witnesses; DB, Realm and Peers must be set.
type Asking struct {
	DB    *store.DB
	Realm civic.Realm
	Peers Peers
	Log   *slog.Logger     // none
	Wall  func() time.Time // the machine's clock: time.Now

	Every   time.Duration // how often to look for news: 2 s
	Timeout time.Duration // of one request: 10 s
	Cap     time.Duration // longest wait after failures: 5 min
}

// Asker asks witnesses to cosign the newest checkpoint of a realm's log (tlog-witness), and keeps the newest that
// enough of them cosigned. One process at a time does it.
type Asker struct {
	Asking
	quorum int
	lease  store.Lease
	peers  []*peer
}

// peer is a witness, and what is remembered of it.
type peer struct {
	*Peer
	http   *http.Client
	asked  bool          // by this process
	wait   time.Duration // after a failure, doubled each time
	resume time.Time
}

// NewAsker makes an asker.
func NewAsker(a Asking) *Asker {
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	if a.Wall == nil {
		a.Wall = time.Now
	}
	for v, d := range map[*time.Duration]time.Duration{&a.Every: 2 * time.Second, &a.Timeout: 10 * time.Second, &a.Cap: 5 * time.Minute} {
		if *v == 0 {
			*v = d
		}
	}
	out := &Asker{Asking: a, quorum: 1, lease: store.Lease{
		DB: a.DB, Table: "seal_leases", Realm: string(a.Realm), Holder: rand.Text(), Length: 4 * a.Timeout, Wall: a.Wall,
	}}
	if a.Peers.Quorum != nil {
		out.quorum = *a.Peers.Quorum
	}
	for i := range a.Peers.Witnesses {
		p := &peer{Peer: &a.Peers.Witnesses[i], http: outward.Client(!a.Peers.Witnesses[i].Inside)}
		p.http.Timeout = a.Timeout
		out.peers = append(out.peers, p)
	}
	return out
}

// Run asks until the context ends.
func (a *Asker) Run(ctx context.Context) {
	defer func() {
		if err := a.lease.Release(); err != nil {
			a.Log.Warn("witnesses: the lease is not given back and runs out by itself", "realm", a.Realm, "err", err)
		}
	}()
	pause := a.Every
	for {
		if err := a.Round(ctx); err == nil {
			pause = a.Every
		} else if ctx.Err() == nil {
			a.Log.Error("witnesses are not asked", "realm", a.Realm, "err", err)
			pause = min(2*pause, time.Minute)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Round asks each witness once that has not cosigned the newest checkpoint, and whose turn it is.
// Not for concurrent use.
func (a *Asker) Round(ctx context.Context) error {
	l, ok, err := Current(ctx, a.DB.R, a.Realm)
	if err != nil || !ok || l.Size == 0 {
		return err
	}
	known, err := a.standings(ctx, l.Number)
	if err != nil {
		return err
	}
	var due []*peer
	for _, p := range a.peers {
		// At the start each is asked whatever it cosigned: a database that was put back is found out before it grows.
		if (known[p.Key].Size < l.Size || !p.asked) && !a.Wall().Before(p.resume) {
			due = append(due, p)
		}
	}
	if len(due) == 0 {
		return nil
	}
	if ours, err := a.lease.Hold(ctx); err != nil || !ours {
		return err
	}
	answers := make([]answer, len(due))
	var asked sync.WaitGroup
	for i, p := range due {
		asked.Go(func() { answers[i] = a.ask(ctx, p, &l, known[p.Key].Size) })
	}
	asked.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := a.Wall()
	for i, p := range due {
		if answers[i].err != nil {
			return answers[i].err
		}
		s := known[p.Key]
		a.tell(p, &l, &s, &answers[i])
		if err := a.note(ctx, p, &l, &s, &answers[i]); err != nil {
			return err
		}
		if p.wait = min(max(2*p.wait, a.Every), a.Cap); answers[i].trouble == "" {
			p.wait, p.asked = 0, true
		}
		p.resume = now.Add(p.wait)
	}
	return a.settle(ctx, &l)
}

// Troubles with a witness.
const (
	// Doubted: it says that our log is forked. SeenMore: it saw more leaves than are here.
	Doubted, SeenMore = "forked", "ahead"
	// NotKnown: it does not watch our log. OtherKey: it watches it with another key.
	NotKnown, OtherKey = "unknown", "key_other"
	// Away: it does not answer, or not now. Strange: its answer is none of tlog-witness, or its cosignature does not hold.
	Away, Strange = "away", "strange"
)

// answer is what came of asking: a line, a trouble, or nothing as yet.
type answer struct {
	line    string
	trouble string
	seen    int64 // leaves that the witness says it saw
	cause   string
	err     error // of ours
}

// mostTries bounds how often a witness is asked again in one round because somebody was faster.
const mostTries = 4

// ask asks a witness to cosign a checkpoint, from what it cosigned before.
func (a *Asker) ask(ctx context.Context, p *peer, l *Log, old int64) answer {
	for range mostTries {
		proof, err := Consistency(ctx, a.DB.R, a.Realm, l.Number, old, l.Size)
		if err != nil {
			return answer{err: err}
		}
		status, media, body, err := p.post(ctx, request{old, proof, l.Checkpoint}.format())
		if errors.Is(err, outward.ErrPrivate) {
			return answer{trouble: Away, cause: `its address is not a public one: if that is meant, say "inside": true`}
		}
		if err != nil {
			return answer{trouble: Away, cause: err.Error()}
		}
		switch status {
		case http.StatusOK:
			n, err := note.Open([]byte(l.Checkpoint+body), note.VerifierList(p.verifier))
			if err != nil || timeOf(n.Sigs[0]).Unix() <= 0 {
				return answer{trouble: Strange, cause: "its cosignature does not hold"}
			}
			return answer{line: fmt.Sprintf("— %s %s\n", n.Sigs[0].Name, n.Sigs[0].Base64)}
		case http.StatusConflict:
			size, told := parseSize(strings.TrimSuffix(body, "\n"))
			told = told && strings.HasPrefix(media, "text/x.tlog.size")
			switch {
			case !told && old == l.Size || told && size == old && size == l.Size:
				return answer{trouble: Doubted, seen: l.Size}
			case !told || size == old:
				return answer{trouble: Strange, cause: "it says 409 and not what it saw"}
			case size > l.Size:
				return a.ahead(ctx, l, size)
			}
			old = size
		case http.StatusUnprocessableEntity:
			return answer{trouble: Doubted, seen: old}
		case http.StatusNotFound:
			return answer{trouble: NotKnown}
		case http.StatusForbidden:
			return answer{trouble: OtherKey}
		case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
			return answer{trouble: Away, cause: fmt.Sprint("status ", status)}
		default:
			trouble := Strange
			if status >= 500 {
				trouble = Away
			}
			return answer{trouble: trouble, cause: fmt.Sprint("status ", status)}
		}
	}
	return answer{}
}

// ahead judges a witness that saw more leaves than are asked about: another process may have sealed them meanwhile.
func (a *Asker) ahead(ctx context.Context, l *Log, size int64) answer {
	now, ok, err := Current(ctx, a.DB.R, a.Realm)
	if err != nil {
		return answer{err: err}
	}
	if ok && now.Number == l.Number && now.Size < size {
		return answer{trouble: SeenMore, seen: size}
	}
	return answer{}
}

// mostCosigned bounds an answer, in bytes.
const mostCosigned = 64 << 10

func (p *peer) post(ctx context.Context, body []byte) (status int, media, text string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(p.URL, "/")+"/add-checkpoint", strings.NewReader(string(body)))
	if err != nil {
		return 0, "", "", err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	req.Header.Set("User-Agent", "Skein")
	res, err := p.http.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostCosigned+1)) // to the end, so that the connection serves again
	if err == nil && len(raw) > mostCosigned {
		err = errors.New("the answer is too long")
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(raw), err
}

// tell tells the operator what has changed with a witness, and what must not stay so each time.
func (a *Asker) tell(p *peer, l *Log, before *Standing, now *answer) {
	args := []any{"realm", a.Realm, "witness", p.Name(), "origin", l.Origin, "size", l.Size}
	switch {
	case now.trouble == Doubted:
		a.Log.Error("a witness says that this log is forked: it cosigned another tree than this database holds", append(args, "seen", now.seen)...)
	case now.trouble == SeenMore:
		a.Log.Error("a witness saw more of this log than this database holds: was an older one put back?", append(args, "seen", now.seen)...)
	case now.trouble == before.Trouble:
	case now.trouble == "" && now.line != "":
		a.Log.Info("the witness cosigns again", args...)
	case now.trouble == NotKnown:
		a.Log.Warn("the witness does not watch this log: give its operator the key", append(args, "key", l.Key)...)
	case now.trouble == OtherKey:
		a.Log.Warn("the witness watches this log with another key: give its operator the new one", append(args, "key", l.Key)...)
	case now.trouble != "":
		a.Log.Warn("the witness does not cosign", append(args, "cause", now.cause)...)
	}
}
