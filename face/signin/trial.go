package signin

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/store"
)

// byTrial is of sessions alone, and of those that are good only while the site offers trials.
const byTrial = "trial"

// Trial is a post of a demonstration from which anybody may look at it, as the invented officer who sits there.
type Trial struct {
	Post   civic.PostID
	Person civic.PersonID
	Next   string // where she is led
}

// takeTrial signs somebody in who proves nothing. There is no such door where nothing is offered.
func (s *Service) takeTrial(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	i := slices.IndexFunc(s.Trials, func(t Trial) bool { return string(t.Post) == f.Value("post") })
	if i < 0 || !ownMachine(r.Host) {
		s.Site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	acc, err := s.officerOf(r.Context(), s.Trials[i].Person)
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.in(w, r, acc, byTrial, s.Trials[i].Next, twoFactors, s.now())
}

// ownMachine reports whether an address that somebody asked for is the machine itself. A page elsewhere whose name leads here has another.
func ownMachine(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// officerOf is the account that serves a person's term, made if there is none: of an invented officer nobody has an address.
func (a *Accounts) officerOf(ctx context.Context, person civic.PersonID) (acc Account, err error) {
	err = a.DB.R.QueryRowContext(ctx, "SELECT t.account, a.kind, a.box FROM account_terms t JOIN accounts a ON a.realm = t.realm AND a.account = t.account "+
		"WHERE t.realm = $1 AND t.person = $2 AND a.closed = 0", string(a.Realm), string(person)).Scan(&acc.ID, &acc.Kind, &acc.Box)
	if !errors.Is(err, sql.ErrNoRows) {
		return acc, err
	}
	return acc, a.DB.Update(ctx, func(tx *store.Tx) error {
		if acc, err = a.make(ctx, tx, "", Officer, contact{}); err != nil {
			return err
		}
		return tx.Write(ctx, termTable, []store.Row{{string(a.Realm), string(person), acc.ID}})
	})
}
