package matter

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
)

type reportBody struct {
	// What is one of a list is checked with the rest, so that everything that is wrong is told at once, and not by the schema.
	Kind       Kind           `json:"kind,omitempty" maxLength:"40" doc:"request, complaint, suggestion, question, dispute or safety" default:"request"`
	Category   civic.Category `json:"category,omitempty" maxLength:"128" doc:"A code of GET /api/categories; empty goes to the desk"`
	Text       string         `json:"text,omitempty" maxLength:"40000"`
	Lat        *float64       `json:"lat,omitempty"`
	Lon        *float64       `json:"lon,omitempty"`
	Place      civic.PlaceID  `json:"place,omitempty" maxLength:"128" doc:"Where no point is known"`
	Home       bool           `json:"home,omitempty" doc:"The point is somebody's home: it is never shown exactly"`
	Address    string         `json:"address,omitempty" maxLength:"2000"`
	Visibility Visibility     `json:"visibility,omitempty" maxLength:"40" doc:"public, blurred or private; left empty, what the category says"`
	Against    civic.BodyID   `json:"against,omitempty" maxLength:"128" doc:"The body complained of"`
	Channel    string         `json:"channel,omitempty" maxLength:"40" doc:"web, app, phone, counter or sensor" default:"app"`
	Contact    Contact        `json:"contact,omitzero"`
}

// doorChannels are those that a door of their own says, and no report here.
var doorChannels = []string{"open311", "import"}

type reportIn struct {
	face.Keyed
	Body reportBody
}

// Receipt is what a reporter takes home. It tells no position: two of them would say how much
// of what is private came in between.
type Receipt struct {
	Number   string          `json:"number"`
	Tracking string          `json:"tracking,omitempty" doc:"Keep this: it is shown once and lets you come back"`
	Status   Status          `json:"status"`
	Lead     civic.BodyID    `json:"lead,omitempty"`
	LeadName string          `json:"lead_name,omitempty"`
	Due      *Time           `json:"due,omitempty"`
	Waiting  string          `json:"waiting,omitempty" doc:"Why nobody answers for it yet"`
	Recorded Time            `json:"recorded"`
	Acts     []ReceiptAct    `json:"acts"`
	Dossier  civic.DossierID `json:"-"`
}

// ReceiptAct proves that an act was recorded: whoever has the salt can show that the
// commitment is of this act.
type ReceiptAct struct {
	Type       string `json:"type"`
	Commitment string `json:"commitment"`
	Salt       string `json:"salt"`
	Receipt    string `json:"receipt" doc:"Where its receipt is: a file that proves that it was recorded, and soon that it is in the log"`
}

type receiptOut struct{ Body Receipt }

func (a *API) report(ctx context.Context, in *reportIn) (*receiptOut, error) {
	b := in.Body
	actor := face.Actor(ctx)
	channel := b.Channel
	if slices.Contains(doorChannels, channel) {
		channel = ""
	}
	t, code, err := a.NewReport(ctx, actor, Submission{
		Kind: b.Kind, Category: b.Category, Text: b.Text, Lat: b.Lat, Lon: b.Lon, Place: b.Place, Home: b.Home, Address: b.Address,
		Visibility: b.Visibility, Against: b.Against, Channel: channel, Contact: b.Contact, Anonymous: true,
	})
	if err != nil {
		return nil, err
	}
	if err := a.Keep(ctx, &t); err != nil {
		return nil, err
	}
	if err := a.Site.Once(&t, in.Keyed, b); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	receipt := a.Receipt(ctx, r)
	if !r.Again {
		receipt.Tracking = code
	}
	return &receiptOut{receipt}, nil
}

// Receipt puts what a task led to into a receipt.
func (a *API) Receipt(ctx context.Context, r clerk.Receipt) Receipt {
	s := r.State.(State)
	out := Receipt{
		Number: s.Number.String(), Status: s.Status, Lead: s.Lead, Due: a.timeOrNil(s.Resolution.Due), Waiting: s.Triage,
		Dossier: r.Dossier,
	}
	if s.Lead != "" {
		out.LeadName = a.Site.Voice(ctx).Name("body", string(s.Lead))
	}
	for _, act := range r.Acts {
		out.Recorded = a.time(act.Recorded)
		if act.Dossier != r.Dossier {
			continue // the salt of another matter's act is its reporter's
		}
		out.Acts = append(out.Acts, ReceiptAct{
			Type: act.Type, Commitment: hex.EncodeToString(act.Commitment), Salt: hex.EncodeToString(act.Opening()),
			Receipt: fmt.Sprintf("/matters/%s/acts/%d/receipt", out.Number, act.Seq),
		})
	}
	return out
}
