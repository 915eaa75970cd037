package matter

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"skein/face"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/courier"
	"skein/frame/vault"
)

// How what is held is put together, of one matter.

// Holds puts together what is held on the reporter of a matter. Whoever asks has been shown to be her.
func (a *API) Holds(ctx context.Context, s State) (HeldMatter, error) {
	h := HeldMatter{
		Made: a.time(a.Site.Realm.Now()), Number: s.Number.String(), Person: s.Reporter, Kind: s.Kind, Category: s.Category, Status: s.Status,
		Visibility: s.Visibility, Channel: s.Channel, External: s.External, Place: s.Place, Against: s.Against, Reported: a.time(s.Reported),
		Code: s.Tracking != "", Before: []HeldBefore{}, Texts: []HeldText{}, Photos: []HeldPhoto{}, Papers: []HeldPaper{}, Messages: []HeldMessage{},
		Readings: []HeldReading{}, Reviews: []HeldReview{}, State: s,
	}
	var err error
	if h.Acts, err = a.lines(ctx, s, Eyes{Reporter: s.Reporter}); err != nil {
		return h, err
	}
	if a.Reviews != nil {
		if h.Reviews, err = a.Reviews(ctx, s.ID, s.Reporter); err != nil {
			return h, err
		}
	}
	contents, err := a.Site.Access.Own(ctx, s.Box)
	if h.Erased = access.Gone(err); err != nil && !h.Erased {
		return h, err
	}
	if err := a.sort(ctx, &h, contents); err != nil {
		return h, err
	}
	if keeping, ok := a.Ports.Rules(a.Site.Realm.View()).Keeping(s.Kind); ok && s.Erased == nil {
		h.Kept = &HeldKept{Days: keeping.Days, Law: keeping.Law}
		if s.Ended != 0 && !s.Status.Open() {
			until := a.time(s.Ended.Add(days(keeping.Days)))
			h.Kept.Until = &until
		}
	}
	if s.Hold != nil {
		h.Hold = &HoldView{Ground: s.Hold.Ground, Law: s.Hold.Law, Until: a.time(s.Hold.Until), Asked: a.timeOrNil(s.Asking)}
	}
	if h.Lat == nil && s.Point != nil {
		lat, lon := float64(s.Point.Lat)/1e6, float64(s.Point.Lon)/1e6
		h.Lat, h.Lon = &lat, &lon
	}
	sent, err := courier.SentTo(ctx, a.Site.Realm.DB, a.Site.Realm.ID, courier.ToBox(string(s.Reporter)))
	if err != nil {
		return h, err
	}
	pushed, err := courier.SentTo(ctx, a.Site.Realm.DB, a.Site.Realm.ID, courier.ToPush(string(s.Reporter)))
	if err != nil {
		return h, err
	}
	for _, m := range append(sent, pushed...) {
		h.Messages = append(h.Messages, HeldMessage{m.Key, m.State, a.timeOrNil(m.Done)})
	}
	for _, id := range s.Parts {
		part, err := a.holdsPart(ctx, id)
		if err != nil {
			return h, err
		}
		h.Split = append(h.Split, part)
	}
	h.Readings, err = a.readings(ctx, s.Reporter)
	return h, err
}

// holdsPart puts together what a part of her matter says of her, and who read it. It has a box of its own, of which nobody else can speak.
func (a *API) holdsPart(ctx context.Context, id civic.DossierID) (HeldPart, error) {
	state, _, err := a.Site.Realm.State(ctx, id)
	if err != nil {
		return HeldPart{}, err
	}
	s := state.(State)
	h := HeldPart{Number: s.Number.String(), Category: s.Category, Texts: []HeldText{}}
	contents, err := a.Site.Access.Own(ctx, s.Box)
	if h.Erased = access.Gone(err); err != nil && !h.Erased {
		return h, err
	}
	for _, c := range contents {
		for _, it := range s.Items {
			if c.Blob == "" && it.Seq == 1 && it.Digest == c.Digest() {
				h.Texts = append(h.Texts, HeldText{Standing: Standing{
					Digest: it.Digest, Salt: hex.EncodeToString(c.Salt), Part: c.Part, From: it.From, Act: it.Seq, Showing: it.Showing, Language: it.Language,
					Ground: it.Ground, Law: it.Law, Masked: it.Masked,
				}, Text: string(c.Text)})
			}
		}
	}
	h.Readings, err = a.readings(ctx, s.Reporter)
	return h, err
}

// sort puts what lies in her box where it belongs. Nothing is passed over: what is neither hers nor said to her, nor to be read by her in a review of hers, is a paper.
func (a *API) sort(ctx context.Context, h *HeldMatter, contents []vault.Content) error {
	view, _ := Visible(h.State, Eyes{Reporter: h.State.Reporter})
	seen := map[string]Item{} // by digest of the original and of the masked version
	for _, it := range view.Items {
		seen[it.Digest] = it
	}
	own, err := a.reasons(ctx, h.State)
	if err != nil {
		return err
	}
	reviewed := map[string]*HeldReviewText{}
	for i := range h.Reviews {
		for j := range h.Reviews[i].Texts {
			t := &h.Reviews[i].Texts[j]
			reviewed[t.Digest] = t
		}
	}
	shown := map[string]string{}
	papers := map[string]int{}
	last := map[string]int{}
	for i, c := range contents {
		last[c.Part] = i
		if c.Blob == "" {
			shown[c.Digest()] = string(c.Text)
		}
	}
	for i, c := range contents {
		if c.Blob != "" {
			if c.Text, err = a.Site.Access.OwnBlob(ctx, h.State.Box, c.Blob); err != nil {
				return err
			}
		}
		kind, _, _ := strings.Cut(c.Part, "/")
		it, known := seen[c.Digest()]
		act, reason := own[c.Digest()]
		standing := Standing{
			Digest: c.Digest(), Salt: hex.EncodeToString(c.Salt), Part: c.Part, From: it.From, Act: it.Seq,
			Showing: it.Showing, Language: it.Language, Ground: it.Ground, Law: it.Law, Masked: it.Masked,
		}
		switch {
		case known && c.Blob != "":
			h.Photos = append(h.Photos, HeldPhoto{Standing: standing, File: fmt.Sprintf("photos/%s-%d.jpg", h.Number, len(h.Photos)+1), W: it.W, H: it.H, Bytes: c.Text})
		case known:
			h.Texts = append(h.Texts, HeldText{Standing: standing, Text: string(c.Text), Shown: shown[it.Shown]})
		case reason:
			standing.From, standing.Act = fromReporter, act
			h.Texts = append(h.Texts, HeldText{Standing: standing, Text: string(c.Text)})
		case reviewed[c.Digest()] != nil:
			t := reviewed[c.Digest()]
			t.Text, t.Salt, t.Part = string(c.Text), standing.Salt, c.Part
		case kind == "masked": // it stands with its original
		case kind == "contact" || kind == "address" || kind == "push":
			if i != last[c.Part] {
				h.Before = append(h.Before, HeldBefore{kind, string(c.Text)})
			} else if err := h.take(c); err != nil {
				return err
			}
		case kind == "media_url" || kind == "via" || kind == "point":
			if err := h.take(c); err != nil {
				return err
			}
		default:
			papers[kind]++
		}
	}
	for i := range h.Reviews { // the reason of the appeal stands with the matter, and of what was erased there is nothing
		h.Reviews[i].Texts = slices.DeleteFunc(h.Reviews[i].Texts, func(t HeldReviewText) bool { return t.Part == "" })
	}
	for kind, n := range papers {
		h.Papers = append(h.Papers, HeldPaper{kind, n})
	}
	slices.SortFunc(h.Papers, func(a, b HeldPaper) int { return strings.Compare(a.Kind, b.Kind) })
	return nil
}

// take takes what a part says.
func (h *HeldMatter) take(c vault.Content) error {
	switch c.Part {
	case "contact":
		var contact Contact
		if err := json.Unmarshal(c.Text, &contact); err != nil {
			return err
		}
		if contact != (Contact{}) {
			h.Contact = &contact
		}
	case "push":
		var push Push
		if err := json.Unmarshal(c.Text, &push); err != nil {
			return err
		}
		if push != (Push{}) {
			h.Push = &push
		}
	case "address":
		h.Address = string(c.Text)
	case "media_url":
		h.MediaURL = string(c.Text)
	case "via":
		h.Via = string(c.Text)
	case "point":
		lat, lon, _ := strings.Cut(string(c.Text), " ")
		y, err := strconv.ParseFloat(lat, 64)
		if err != nil {
			return err
		}
		x, err := strconv.ParseFloat(lon, 64)
		if err != nil {
			return err
		}
		h.Lat, h.Lon = &y, &x
	}
	return nil
}

// reasons are the words that she gave with an act and that are no texts of the matter, by digest, with the number of the act.
func (a *API) reasons(ctx context.Context, s State) (map[string]int64, error) {
	acts, err := a.Site.Realm.Acts(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, act := range acts {
		switch e := act.Event.(type) {
		case Reopened:
			out[e.Reason] = act.Seq
		case Appealed:
			out[e.Reason] = act.Seq
		case Withdrawn:
			out[e.Reason] = act.Seq
		}
	}
	return out, nil
}

// readings are who read what lies in a box.
func (a *API) readings(ctx context.Context, box civic.PersonID) ([]HeldReading, error) {
	rows, err := a.Site.Access.Of(ctx, string(box))
	if err != nil {
		return nil, err
	}
	out := []HeldReading{}
	voice := a.Site.Voice(ctx)
	for _, r := range rows {
		post := r.Post()
		x := HeldReading{
			At: a.time(r.Minute), Post: post, Body: post.Body(), Parts: r.Parts, Power: r.Power, Purpose: string(r.Purpose),
			PostTitle: voice.Value(post), BodyTitle: voice.Value(post.Body()),
		}
		if a.Officer != nil {
			x.Officer = a.Officer(a.Site.Realm.View(), post, r.Minute)
		}
		if policy := a.Site.Realm.View().Powers.Policy(r.Power); policy != nil {
			x.PowerTitle = face.PolicyTitle(voice, policy)
		}
		out = append(out, x)
	}
	return out, nil
}
