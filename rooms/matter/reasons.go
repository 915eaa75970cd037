package matter

import (
	"context"

	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/journal"
)

// reasonOf is the digest of the reason that an act gives, "" for none. An appeal's is the review room's to show.
func reasonOf(e journal.Event) string {
	switch e := e.(type) {
	case Objected:
		return e.Reason
	case Ruled:
		return e.Reason
	case Corrected:
		return e.Reason
	case Paused:
		return e.Reason
	case Extended:
		return e.Reason
	case Joined:
		return e.Reason
	case DeclineProposed:
		return e.Reason
	case Declined:
		return e.Reason
	case DeclineRefused:
		return e.Reason
	case Reopened:
		return e.Reason
	case Withdrawn:
		return e.Reason
	case Retracted:
		return e.Reason
	}
	return ""
}

// Reasons opens the reasons that acts of a matter give, by their sequence numbers, for a post that may read it, once it is written
// down that it did. What was erased is not among them.
func (a *API) Reasons(ctx context.Context, s State, eyes Eyes, acts []journal.Act) (map[int64]string, error) {
	at := map[string]int64{}
	var digests []string
	for _, act := range acts {
		if d := reasonOf(act.Event); d != "" && eyes.Post != "" {
			at[d] = act.Seq
			digests = append(digests, d)
		}
	}
	out := map[int64]string{}
	if len(digests) == 0 {
		return out, nil
	}
	if _, ok := Visible(s, eyes); !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	contents, err := a.Site.Access.Open(ctx, eyes.Who(), s.Box, digests...)
	if err != nil && !access.Gone(err) {
		return nil, err
	}
	for _, c := range contents {
		out[at[c.Digest()]] = string(c.Text)
	}
	return out, nil
}
