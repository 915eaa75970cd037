package signin

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/store"
)

// How long a session lasts in all, and how long it may lie unused.
const (
	officerEnds, officerIdle   = 12 * time.Hour, 4 * time.Hour
	residentEnds, residentIdle = 90 * 24 * time.Hour, 30 * 24 * time.Hour

	// seenEvery is how exactly the last use is kept; a write at every request would say no more.
	seenEvery = 5 * time.Minute
	// sessionMemory is how long a session that was looked up is believed; one that was ended
	// elsewhere ends here by then. In the process that ended it, it ends at once.
	sessionMemory = 5 * time.Second
)

var sessionTable = &store.Table{Name: "sessions", Key: 2, Columns: store.Columns("realm:t hash:t account:t post:t how:t made:i seen:i ends:i level:i proved:i")}

// Sessions finds and keeps sessions.
type Sessions struct {
	*Accounts
	Seats Seats
	// Served is asked for what somebody is kept out of by an earlier post.
	Served Served
	Site   *face.Site
	// Trials are offered by a demonstration on somebody's own machine, and by nothing else.
	Trials []Trial
	mu     sync.Mutex
	known  map[string]remembered
}

type remembered struct {
	session session
	found   bool
	until   time.Time
}

// session is a row with what is known of its account.
type session struct {
	hash, account, how string
	post               civic.PostID
	kind               Kind
	box                string
	made, seen, ends   int64
	level              level
	proved             int64
	persons            []civic.PersonID
}

func (s session) idle() time.Duration {
	if s.kind == Officer {
		return officerIdle
	}
	return residentIdle
}

// cookieName is the session's cookie.
func (s *Sessions) cookieName() string { return s.Site.CookieName("session") }

func (s *Sessions) setCookie(w http.ResponseWriter, token string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: token, Path: "/", MaxAge: int(age.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Site.Secure(),
	})
}

func (s *Sessions) token(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil || len(c.Value) != tokenBytes {
		return ""
	}
	return c.Value
}

// recently is how long after signing in somebody may change how she signs in. A session that was
// stolen, or left open, is not turned into a way in that stays.
const recently = 15 * time.Minute

// recent reports whether a session's holder proved herself lately enough for that, or asks her to sign in anew.
func (s *Service) recent(w http.ResponseWriter, r *http.Request, session *face.Session) bool {
	if s.now()-session.Proved.UnixMicro() <= recently.Microseconds() {
		return true
	}
	refusal := civic.Refuse(civic.Forbidden, "signin.not_recent", "minutes", int(recently.Minutes()))
	if strings.Contains(r.Header.Get("Accept"), "json") {
		s.Site.Error(w, r, refusal)
		return false
	}
	f := face.Form{Voice: s.voice(r), Values: url.Values{"next": {"/me"}, "again": {"yes"}}}
	f.Take(refusal, nil)
	s.signInPage(w, r, http.StatusForbidden, f)
	return false
}

// changes reports whether a session may change how its account is proved, or says what it lacks.
func (s *Service) changes(w http.ResponseWriter, r *http.Request, session *face.Session) bool {
	if !session.Enrols {
		s.Site.Error(w, r, civic.Refuse(civic.Forbidden, "signin.enrol_first"))
		return false
	}
	return s.recent(w, r, session)
}

// level is how surely a session's holder is known.
type level int64

const (
	// oneFactor is a password, a code or a provider's word alone. It opens what a resident told; of an
	// officer it opens nothing but the way to a second.
	oneFactor level = iota
	// mayEnrol is an officer's who was invited to make her ways in, or showed beside one factor that she reads the mail
	// under which she was invited. It holds no post.
	mayEnrol
	// twoFactors is a passkey, a provider that vouches for two, or one factor and a second.
	twoFactors
)

// start signs an account in: always under a new token, whatever the browser brought, so that
// nobody can plant one (session fixation). A session that the browser had ends.
func (s *Sessions) start(ctx context.Context, w http.ResponseWriter, r *http.Request, acc Account, how string, sure level, proved int64) error {
	token, now := newToken(), s.now()
	lasts := residentEnds
	if acc.Kind == Officer {
		lasts = officerEnds
	}
	post := civic.PostID("")
	if acc.Kind == Officer && sure == twoFactors {
		persons, err := s.terms(ctx, acc.ID)
		if err != nil {
			return err
		}
		if posts := s.Seats(s.Site.Realm.View(), persons, s.Site.Realm.Now()); len(posts) > 0 {
			post = posts[0]
		}
	}
	old := s.token(r)
	err := s.DB.Update(ctx, func(tx *store.Tx) error {
		if old != "" {
			if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE realm = $1 AND hash = $2", string(s.Realm), hashToken(old)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE realm = $1 AND ends < $2", string(s.Realm), now); err != nil {
			return err
		}
		return tx.Write(ctx, sessionTable, []store.Row{{
			string(s.Realm), hashToken(token), acc.ID, string(post), how, now, now, now + lasts.Microseconds(), int64(sure), min(proved, now),
		}})
	})
	if err != nil {
		return err
	}
	s.forget(old)
	s.setCookie(w, token, lasts)
	return nil
}

// Find says whose session a request comes in; nil for nobody's. It is what the site asks.
func (s *Sessions) Find(r *http.Request) (*face.Session, error) {
	token := s.token(r)
	if token == "" {
		return nil, nil
	}
	row, ok, err := s.row(r.Context(), hashToken(token))
	if err != nil || !ok || row.how == byTrial && len(s.Trials) == 0 {
		return nil, err
	}
	out := &face.Session{ID: row.hash, Account: row.account, Box: row.box, Officer: row.kind == Officer, How: row.how, Proved: time.UnixMicro(row.proved),
		Strong: row.level == twoFactors, Enrols: row.kind == Resident || row.level >= mayEnrol}
	if out.Officer && out.Strong {
		out.Posts = s.Seats(s.Site.Realm.View(), row.persons, s.Site.Realm.Now())
		if slices.Contains(out.Posts, row.post) {
			out.Post = row.post
		}
		persons := row.persons
		out.Served = func(since civic.Instant) []civic.PostID {
			return s.Served(s.Site.Realm.View(), persons, since, s.Site.Realm.Now())
		}
	}
	return out, nil
}

// row reads a session that has not ended and was used lately enough.
func (s *Sessions) row(ctx context.Context, hash string) (session, bool, error) {
	s.mu.Lock()
	m, ok := s.known[hash]
	s.mu.Unlock()
	if !ok || time.Now().After(m.until) {
		m = remembered{until: time.Now().Add(sessionMemory), session: session{hash: hash}}
		row := &m.session
		err := s.DB.R.QueryRowContext(ctx, "SELECT s.account, s.post, s.how, s.made, s.seen, s.ends, s.level, s.proved, a.kind, a.box FROM sessions s "+
			"JOIN accounts a ON a.realm = s.realm AND a.account = s.account WHERE s.realm = $1 AND s.hash = $2 AND a.closed = 0",
			string(s.Realm), hash).Scan(&row.account, &row.post, &row.how, &row.made, &row.seen, &row.ends, &row.level, &row.proved, &row.kind, &row.box)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return session{}, false, err
		default:
			m.found = true
			if row.persons, err = s.terms(ctx, row.account); err != nil {
				return session{}, false, err
			}
		}
		s.remember(hash, m)
	}
	now := s.now()
	if !m.found || now >= m.session.ends || now-m.session.seen >= m.session.idle().Microseconds() {
		return session{}, false, nil
	}
	if now-m.session.seen >= seenEvery.Microseconds() {
		if err := s.DB.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE sessions SET seen = $3 WHERE realm = $1 AND hash = $2", string(s.Realm), hash, now)
			return err
		}); err != nil {
			return session{}, false, err
		}
		m.session.seen = now
		s.remember(hash, m)
	}
	return m.session, true, nil
}

func (s *Sessions) remember(hash string, m remembered) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) > 10_000 {
		s.known = map[string]remembered{}
	}
	s.known[hash] = m
}

// forget makes the next request look a token up again.
func (s *Sessions) forget(token string) {
	if token != "" {
		s.mu.Lock()
		delete(s.known, hashToken(token))
		s.mu.Unlock()
	}
}

// end ends sessions of an account: the named ones, or all but one.
func (s *Sessions) end(ctx context.Context, account, hash, but string) error {
	err := s.DB.Update(ctx, func(tx *store.Tx) error {
		query, arg := "DELETE FROM sessions WHERE realm = $1 AND account = $2 AND hash = $3", hash
		if hash == "" {
			query, arg = "DELETE FROM sessions WHERE realm = $1 AND account = $2 AND hash <> $3", but
		}
		_, err := tx.ExecContext(ctx, query, string(s.Realm), account, arg)
		return err
	})
	s.mu.Lock()
	clear(s.known)
	s.mu.Unlock()
	return err
}

// act changes the post that a session acts in.
func (s *Sessions) act(ctx context.Context, hash string, post civic.PostID) error {
	err := s.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET post = $3 WHERE realm = $1 AND hash = $2", string(s.Realm), hash, string(post))
		return err
	})
	s.mu.Lock()
	delete(s.known, hash)
	s.mu.Unlock()
	return err
}

// list is all sessions of an account that have not ended, the latest first.
func (s *Sessions) list(ctx context.Context, account string) ([]session, error) {
	rows, err := s.DB.R.QueryContext(ctx, "SELECT hash, how, made, seen, ends FROM sessions WHERE realm = $1 AND account = $2 AND ends > $3 ORDER BY made DESC, hash",
		string(s.Realm), account, s.now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []session
	for rows.Next() {
		var x session
		if err := rows.Scan(&x.hash, &x.how, &x.made, &x.seen, &x.ends); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// Known reports whether a token is that of a session in the realm.
func (a *Accounts) Known(ctx context.Context, token string) (bool, error) {
	var n int
	err := a.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM sessions WHERE realm = $1 AND hash = $2 AND ends > $3", string(a.Realm), hashToken(token), a.now()).Scan(&n)
	return n > 0, err
}
