package signin

import (
	"context"
	"time"

	"skein/face"
	"skein/frame/civic"
)

// held is what is held of the reader's account: whatever these tables and its box say of it, but no secret.
func (s *Service) held(ctx context.Context) (face.AccountHeld, error) {
	session := face.SessionOf(ctx)
	if session == nil {
		return face.AccountHeld{}, civic.Refuse(civic.Unknown, "signin.first")
	}
	h := face.AccountHeld{Account: session.Account, Officer: session.Officer, Posts: session.Posts}
	var made int64
	err := s.DB.R.QueryRowContext(ctx, "SELECT made FROM accounts WHERE realm = $1 AND account = $2", string(s.Realm), session.Account).Scan(&made)
	if err != nil {
		return h, err
	}
	h.Made = time.UnixMicro(made).UTC()
	c, err := s.contact(ctx, session.Box)
	if err != nil {
		return h, err
	}
	h.Email, h.Phone, h.Language = c.Email, c.Phone, c.Language
	if h.Ways, err = s.ways(ctx, session.Account); err != nil {
		return h, err
	}
	open, err := s.list(ctx, session.Account)
	if err != nil {
		return h, err
	}
	for _, x := range open {
		h.Sessions = append(h.Sessions, face.SessionHeld{
			How: x.how, Made: time.UnixMicro(x.made).UTC(), Seen: time.UnixMicro(x.seen).UTC(), Ends: time.UnixMicro(x.ends).UTC(), This: x.hash == session.ID,
		})
	}
	if !session.Officer {
		h.Told, err = s.matters(ctx, session)
	}
	return h, err
}

// ways are all rows of credentials of an account.
func (a *Accounts) ways(ctx context.Context, account string) ([]face.WayHeld, error) {
	rows, err := a.DB.R.QueryContext(ctx, "SELECT kind, label, made FROM credentials WHERE realm = $1 AND account = $2 ORDER BY made, name", string(a.Realm), account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []face.WayHeld
	for rows.Next() {
		var w face.WayHeld
		var made int64
		if err := rows.Scan(&w.Kind, &w.Label, &made); err != nil {
			return nil, err
		}
		w.Made = time.UnixMicro(made).UTC()
		out = append(out, w)
	}
	return out, rows.Err()
}
