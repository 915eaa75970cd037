package face

import (
	"context"
	"time"

	"skein/frame/civic"
)

// AccountHeld is what is held of an account itself, for its holder.
type AccountHeld struct {
	Account  string         `json:"account" doc:"Its random name"`
	Officer  bool           `json:"officer,omitempty"`
	Made     time.Time      `json:"made"`
	Email    string         `json:"email,omitempty"`
	Phone    string         `json:"phone,omitempty"`
	Language string         `json:"language,omitempty"`
	Ways     []WayHeld      `json:"ways" doc:"How its holder is proved; the secrets themselves are not given out"`
	Sessions []SessionHeld  `json:"sessions"`
	Posts    []civic.PostID `json:"posts,omitempty" doc:"Of the terms that it serves now"`
	// Told are the dossiers that were begun while signed in, the latest first.
	Told []civic.DossierID `json:"-"`
}

// WayHeld is a way into an account.
type WayHeld struct {
	Kind  string    `json:"kind" enum:"passkey,password,provider,address,totp,recovery"`
	Label string    `json:"label,omitempty"`
	Made  time.Time `json:"made"`
}

// SessionHeld is where an account is signed in.
type SessionHeld struct {
	How  string    `json:"how"`
	Made time.Time `json:"made"`
	Seen time.Time `json:"seen" doc:"To some minutes"`
	Ends time.Time `json:"ends"`
	This bool      `json:"this,omitempty"`
}

// Holding gives the reader what is held of her account; a refusal where nobody is signed in.
type Holding func(ctx context.Context) (AccountHeld, error)
