package standing

import (
	"skein/frame/civic"
	"skein/frame/procedure"
)

// FindingView is what somebody may see of a finding.
type FindingView struct {
	Code     string
	Status   FindingStatus
	Nature   Nature
	Cited    Cited
	Proposer civic.PostID
	Decider  civic.PostID
	Law      string
	Case     procedure.Case
	Expires  civic.Instant
	Quashed  civic.Instant
	Appealed bool // an appeal waits for its decision
	Texts    []FindingDigest
	// Concerned is set for posts that may read the file.
	Concerned bool
}

// FindingDigest is a text, by the digest of its document.
type FindingDigest struct{ From, Digest string }

// VisibleFinding is what is seen of a finding at an instant, by a post that may read its file (concerned) or by everyone; false when not
// even that it exists. openly says whether everyone may see what it cites. Before it is decided, where nothing was found, once
// its time is over and where what it cites turned private, everyone sees nothing. Of what was quashed everyone sees that, and no word of what was said, of whom.
func VisibleFinding(s Finding, concerned, openly bool, now civic.Instant) (FindingView, bool) {
	if !s.Exists() {
		return FindingView{}, false
	}
	v := FindingView{Code: s.Code(), Status: s.Status}
	if s.Status == FindingQuashed {
		v.Quashed = s.Ended
	}
	if !concerned {
		if s.Status == FindingQuashed && openly {
			return v, true
		}
		if !s.Shown(now) || !openly {
			return FindingView{}, false
		}
	}
	v.Nature, v.Cited, v.Law, v.Case, v.Expires, v.Decider = s.Nature, s.Cited, s.Law, s.Case, s.Expires.Due, s.Decider
	v.Appealed, v.Concerned = s.Appeal != 0, concerned
	add := func(from, digest string) {
		if digest != "" {
			v.Texts = append(v.Texts, FindingDigest{from, digest})
		}
	}
	add("facts", s.Facts)
	add("reasons", s.Reasons)
	add("reply", s.Reply)
	if concerned {
		v.Proposer = s.Proposer
		add("why", s.Why)
		add("hearing_place", s.Place)
		add("record", s.Record)
		add("appeal", s.Reason)
	}
	return v, true
}
