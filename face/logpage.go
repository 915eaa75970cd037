package face

import (
	"context"
	"net/http"
	"strconv"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/seal"
	"skein/frame/vault"
)

// logView is a realm's log as its page shows it.
type logView struct {
	Voice     words.Voice
	Realm     civic.Realm
	Now       knownLog   // the one that goes on
	Ended     []knownLog // newest first
	Site      string     // the address that others reach it at
	Signed    civic.Instant
	Witnesses []string // names of those whose keys the operator gave
	Seen      []witnessed
	Peers     []seal.Peer // those that are asked, and how each stands
	Standings map[string]seal.Standing
	Watches   bool        // the realm is a witness itself
	Gaps      []vault.Gap // what it may have forgotten of what was erased, by restorings
}

// knownLog is a log with every key that has signed it, its own last, and what it goes on from.
type knownLog struct {
	seal.Log
	Keys []string
	From *seal.Continuation
}

// witnessed says that a witness signed a checkpoint of so many leaves.
type witnessed struct {
	Name string
	Size int64
	At   civic.Instant
}

// logs lists the realm's logs, oldest first. Keys and beginnings of a log stand until its key is replaced.
func (s *Site) logs(ctx context.Context) ([]knownLog, error) {
	all, err := seal.Logs(ctx, s.Realm.DB.R, s.Realm.ID)
	if err != nil {
		return nil, err
	}
	out := make([]knownLog, len(all))
	for i, l := range all {
		known, ok := s.known.Load(l.Key)
		if !ok {
			k := knownLog{}
			if k.Keys, err = seal.KeysOf(ctx, s.Realm.DB.R, s.Realm.ID, &l); err != nil {
				return nil, err
			}
			c, ok, err := seal.ContinuationOf(ctx, s.Realm.DB.R, s.Realm.ID, &l)
			if err != nil {
				return nil, err
			}
			if ok {
				k.From = &c
			}
			known = k
			s.known.Store(l.Key, k)
		}
		out[i] = known.(knownLog)
		out[i].Log = l
	}
	return out, nil
}

// logPage shows people the realm's log: its name and key, how far it is, who watches it, and what was lost.
func (s *Site) logPage(w http.ResponseWriter, r *http.Request) {
	var logs []knownLog
	var err error
	if r.PathValue("realm") == string(s.Realm.ID) {
		logs, err = s.logs(r.Context())
	}
	if err == nil && len(logs) == 0 {
		err = civic.Refuse(civic.Missing, "face.log_none")
	}
	if err != nil {
		s.Error(w, r, err)
		return
	}
	v := s.Voice(r.Context())
	last := len(logs) - 1
	l := logView{Voice: v, Realm: s.Realm.ID, Now: logs[last], Site: s.PublicURL}
	for i := last - 1; i >= 0; i-- {
		l.Ended = append(l.Ended, logs[i])
	}
	keys, err := s.receiptKeys(r.Context())
	if err != nil {
		s.Error(w, r, err)
		return
	}
	if l.Gaps, err = s.Vault.Gaps(r.Context(), s.Realm.ID); err != nil {
		s.Error(w, r, err)
		return
	}
	if l.Now.Checkpoint != "" {
		l.Signed = l.Now.At
	}
	for _, k := range keys.Witnesses {
		l.Witnesses = append(l.Witnesses, keyName(k))
	}
	if c, err := seal.ParseCheckpoint(l.Now.Witnessed, keys); err == nil {
		for _, by := range c.Cosigned {
			l.Seen = append(l.Seen, witnessed{by.Name, c.Tree.N, civic.At(by.At)})
		}
	}
	l.Watches, l.Standings = s.Witness != nil, map[string]seal.Standing{}
	if s.Asker != nil {
		l.Peers = s.Asker.Peers.Witnesses
		standings, err := seal.Standings(r.Context(), s.Realm.DB.R, s.Realm.ID, l.Now.Number)
		if err != nil {
			s.Error(w, r, err)
			return
		}
		for _, st := range standings {
			l.Standings[st.Witness] = st
		}
	}
	s.Page(w, r, Sheet{Title: v.Say("face.logs"), Crumbs: []Crumb{{Href: "/receipts", Title: v.Say("face.receipts")}}}, logPage(l))
}

// went says how a log ended, and which of its leaves nobody holds any more.
func (l logView) went(i int) (how, lost string) {
	next := l.Now
	if i > 0 {
		next = l.Ended[i-1]
	}
	if next.From == nil {
		return "", ""
	}
	switch next.From.Reason {
	case "lost", "restored":
		how = l.Voice.Say("face.logs_ended_" + next.From.Reason)
	}
	from, end := next.From.Lost()
	if from == end {
		return how, l.Voice.Say("face.logs_lost_none")
	}
	return how, l.Voice.Say("face.logs_lost", "from", from, "to", end-1, "count", end-from)
}

// path is where a log's files are; those of the log that goes on have no number.
func (l logView) path(of *knownLog) string {
	at := "/log/" + string(l.Realm)
	if of.Number != l.Now.Number {
		at += "/" + strconv.FormatInt(of.Number, 10)
	}
	return at
}

// command is what somebody types who wants to check the log.
func (l logView) command() string {
	return "skein verify log " + l.Site + l.path(&l.Now) + " --key '" + l.Now.Key + "'"
}
