// Package pages is what people see of matters: the front page, the list, one matter and
// its story, the form that takes a report, the receipt, and the tiles of the map. Every
// page is whole without script.
//
// A reporter comes back with the number and the secret code of her receipt. The code is
// kept in a cookie (HttpOnly, SameSite=Strict, for the session, the last eight together); it is
// never part of an address. Whoever shows it sees her own texts and what she may do; to
// everyone else a private matter is a page that does not exist.
package pages

import (
	"context"
	"embed"

	"skein/face"
	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/rooms/matter"
	"skein/science/classify"
	"skein/science/geo"
)

// Messages holds the texts of the pages.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Ports are the other rooms' answers, as of a view and in a language.
type Ports struct {
	// Categories are the tree that reports are filed under.
	Categories func(v *clerk.View, lang string) []Branch
	// Described gives what describes the categories that reports are filed under, in every language; the digest changes when it does.
	Described func(v *clerk.View) (digest string, all func() []classify.Described)
	// KindOf is what sort of matter those of a category are, unless somebody says otherwise.
	KindOf func(v *clerk.View, c civic.Category) matter.Kind
	// Places groups the open places by kind.
	Places func(v *clerk.View, voice words.Voice) []face.Group
	// Bodies lists the living bodies.
	Bodies func(v *clerk.View, lang string) []face.Option
	// Outlines are the places that the map shows, and Bounds the box around the realm.
	Outlines func(v *clerk.View, lang string) []geo.Shape
	Bounds   func(v *clerk.View) (geo.Bounds, bool)
	// Within reports whether a place lies in another.
	Within func(v *clerk.View, a, b civic.PlaceID) bool
	// Reckon shows the arithmetic of a due date by an edition of a calendar; false if there is none.
	Reckon func(v *clerk.View, id, version string, start civic.Instant, l matter.Limit, pauses []matter.Span) (calendar.Reckoning, bool)
	// Data are the tables that are given away beside the matters.
	Data func() []Dataset
	// Addresses are those that the realm knows.
	Addresses Addresses
	// Grounds are those that an appeal can rest on; Reviews are the appeals of a matter that whoever shows this code may know of.
	Grounds func(v *clerk.View, voice words.Voice) []face.Option
	Reviews func(ctx context.Context, voice words.Voice, id civic.DossierID, tracking string) ([]Review, error)
	// Examine is the page that asks for a legal review of a public act; "" where there is none.
	Examine func(act *journal.Act) string
	// Rows are those of the list in force that a category and places come under; Precedents are earlier rulings on them.
	Rows       func(v *clerk.View, now civic.Instant, category civic.Category, places []civic.PlaceID) []DutyRow
	Precedents func(v *clerk.View, category civic.Category, places []civic.PlaceID) []Precedent
}

// Review is an appeal of a matter: its page, and how it stands.
type Review struct{ Href, Title string }

// Branch is a category that reports are not filed under, or are if it has no leaves, and
// those below it that they are.
type Branch struct {
	face.Option
	Leaves []face.Option
}

// Pages are this room's doors for people.
type Pages struct {
	API   *matter.API
	Ports Ports
	Guide Guide  // nil where there is none
	Push  string // key by which browsers let the realm tell them that there is news; "" where it tells none

	pulse   pulse
	learner learner
}

// Register adds the doors.
func (p *Pages) Register() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /{$}", p.front)
	mux.HandleFunc("GET /matters", p.list)
	mux.HandleFunc("GET /matters/{number}", p.one)
	mux.HandleFunc("POST /matters/{number}", p.act)
	mux.HandleFunc("GET /matters/{number}/chain", p.chain)
	mux.HandleFunc("GET /matters/{number}/chain.svg", p.chainPicture)
	mux.HandleFunc("GET /matters/{number}/erase", p.askErase)
	mux.HandleFunc("POST /matters/{number}/erase", p.takeErase)
	mux.HandleFunc("GET /matters/{number}/receipt", p.receipt)
	mux.HandleFunc("GET /matters/{number}/acts/{n}/receipt", p.proof)
	mux.HandleFunc("GET /matters/{number}/sealed/{digest}", p.sealed)
	mux.HandleFunc("GET /matters/{number}/data", p.held)
	mux.HandleFunc("GET /matters/{number}/data/{file}", p.heldAs)
	mux.HandleFunc("GET /me/data", p.allHeld)
	mux.HandleFunc("GET /me/data/{file}", p.allHeldAs)
	mux.HandleFunc("GET /matters/{number}/release", p.askRelease)
	mux.HandleFunc("POST /matters/{number}/release", p.takeRelease)
	mux.HandleFunc("GET /matters.atom", p.listFeed)
	mux.HandleFunc("GET /matters.ics", p.listDates)
	mux.HandleFunc("GET /matters/{number}/feed.atom", p.storyFeed)
	mux.HandleFunc("GET /matters/{number}/due.ics", p.dates)
	mux.HandleFunc("GET /work", p.queue)
	mux.HandleFunc("POST /work", p.bulk)
	mux.HandleFunc("GET /templates", p.templates)
	mux.HandleFunc("POST /templates", p.takeTemplate)
	mux.HandleFunc("GET /matters/{number}/work", p.work)
	mux.HandleFunc("POST /matters/{number}/work", p.takeWork)
	mux.HandleFunc("GET /matters/{number}/file", p.file)
	mux.HandleFunc("GET /matters/{number}/file.pdf", p.filePDF)
	mux.HandleFunc("GET /rulings", p.rulings)
	mux.HandleFunc("GET /meetings", p.meetings)
	mux.HandleFunc("POST /meetings", p.takeConvene)
	mux.HandleFunc("GET /meetings.ics", p.meetingDates)
	mux.HandleFunc("GET /meetings/new", p.askConvene)
	mux.HandleFunc("GET /meetings/{meeting}", p.meeting)
	mux.HandleFunc("POST /meetings/{meeting}", p.takeMeeting)
	mux.HandleFunc("GET /meetings/{meeting}/invitation.ics", p.meetingDateOf)
	mux.HandleFunc("GET /desk", p.desk)
	mux.HandleFunc("POST /desk", p.takeDesk)
	mux.HandleFunc("GET /overview", p.overview)
	mux.HandleFunc("GET /overview/{file}", p.overviewPicture)
	mux.HandleFunc("GET /report", p.askReport)
	mux.HandleFunc("POST /report", p.takeReport)
	mux.HandleFunc("GET /data", p.data)
	mux.HandleFunc("GET /data/{file}", p.dataFile)
	mux.HandleFunc("GET /report/offline", p.offline)
	mux.HandleFunc("POST /report/look", p.look)
	p.API.Site.Asking["POST /report/look"] = true
	mux.HandleFunc("GET /track", p.askCode)
	mux.HandleFunc("POST /track", p.takeCode)
	mux.HandleFunc("GET /tiles/{z}/{x}/{y}", p.tile)
}
