package opinion

import (
	"slices"

	"skein/frame/civic"
)

// Stream keeps the map of a conversation up to date while votes arrive. A vote costs O(statements + votes of its participant);
// a new map starts from where the last one lay. It is not safe for use by several goroutines at once.
//
// Its map is that of Polis on the same votes, but for three things that are so on purpose: who was in the conversation once stays in; the number
// of groups changes only after another number was the best in four updates running; and participants and statements stand in the order of arrival.
type Stream struct {
	engine *engine
	buffer buffer
	last   *Map
	since  int // votes since the last map
}

// NewStream begins with a table of votes, which belongs to the stream from then on.
func NewStream(v *Votes, o Options) *Stream { return &Stream{engine: newEngine(v, o)} }

// Set records a vote; it takes the place of an earlier one. An id that is empty, longer than 64 bytes or holds control characters, and what goes beyond
// the bounds of a conversation, is refused with a civic.Refusal.
func (s *Stream) Set(participant, statement string, vote Vote) error {
	v := s.engine.votes
	for _, id := range []string{participant, statement} {
		if !validID(id) {
			return civic.Refuse(civic.Invalid, "opinion.id", "found", clip(id), "most", mostID)
		}
	}
	if vote < Disagree || vote > Agree {
		return civic.Refuse(civic.Invalid, "opinion.vote", "found", int(vote))
	}
	_, known := v.row[participant]
	_, there := v.column[statement]
	switch {
	case !known && len(v.participants) >= MostParticipants, !there && len(v.statements) >= MostStatements, v.count >= MostVotes:
		return civic.Refuse(civic.TooLarge, "opinion.full", "participants", MostParticipants, "statements", MostStatements, "votes", MostVotes)
	}
	s.engine.set(v.rowOf(participant), v.columnOf(statement), vote)
	s.since++
	return nil
}

// Len returns how many votes there are.
func (s *Stream) Len() int { return s.engine.votes.count }

// lagging is how many votes there must be for one of them to be allowed to wait for the next map.
const lagging = 200_000

// Map is the answer to the votes so far, but for the last Len()/200,000, which may be missing: it costs O(votes) with a small factor, so
// the cost a vote stays bounded however large the conversation. It is a new map whenever it is not the last one; each new one is an update for the
// count of four.
func (s *Stream) Map() *Map {
	if s.last != nil && s.since <= s.engine.votes.count/lagging {
		return s.last
	}
	return s.Renew()
}

// Renew is the answer to all votes so far, to the last.
func (s *Stream) Renew() *Map {
	if s.last != nil && s.since == 0 {
		return s.last
	}
	m, places := s.engine.locate()
	s.engine.cluster(m, newCrowd(m.inside(), nil, s.engine.warm == nil || s.engine.warm.base == nil))
	best := bestK(m.Candidates)
	shown := s.buffer.next(best)
	if !slices.ContainsFunc(m.Candidates, func(c Candidate) bool { return c.K == shown }) {
		shown = best
	}
	m.show(shown)
	s.engine.describe(m, places)
	s.last, s.since = m, 0
	return m
}

// buffer holds back a change of the number of groups until it has won four times running.
type buffer struct{ shown, other, wins int }

const bufferWins = 4

func (b *buffer) next(best int) int {
	switch {
	case b.shown == 0 || best == b.shown:
		*b = buffer{shown: best}
	case best != b.other:
		b.other, b.wins = best, 1
	default:
		if b.wins++; b.wins == bufferWins {
			*b = buffer{shown: best}
		}
	}
	return b.shown
}

// set records a vote in the table and in all that is kept of it.
func (e *engine) set(i, j int, vote Vote) {
	e.grow()
	row := e.votes.rows[i]
	if at, found := find(row, j); found {
		if row[at].vote() == vote {
			return
		}
		e.tallies[j].add(row[at].vote(), -1)
		if e.gram != nil {
			e.gram.change(row, at, -1)
		}
	}
	e.votes.put(i, j, vote)
	e.tallies[j].add(vote, 1)
	if !e.active[j] {
		return
	}
	e.means[j] = e.tallies[j].mean()
	if e.gram != nil {
		row = e.votes.rows[i]
		at, _ := find(row, j)
		e.gram.change(row, at, 1)
		e.gram.renew(j) // only pairs with this statement have changed
	}
}

// grow makes room for new participants and statements.
func (e *engine) grow() {
	for len(e.kept) < len(e.votes.rows) {
		e.kept = append(e.kept, false)
	}
	for j := len(e.tallies); j < len(e.votes.statements); j++ {
		id := e.votes.statements[j]
		meta := slices.Contains(e.options.Meta, id)
		e.tallies = append(e.tallies, tally{})
		e.means = append(e.means, 0)
		e.meta = append(e.meta, meta)
		e.active = append(e.active, !meta && !slices.Contains(e.options.ModeratedOut, id))
		for i := range e.vectors {
			e.vectors[i] = append(e.vectors[i], 0)
		}
		if e.gram != nil {
			e.gram = e.gram.widen(e.means, e.active)
		}
	}
}
