// Package place is the realm's ground: the tree of places, their boundaries, and the
// calendars their deadlines go by. It answers "which places hold this point?" from memory.
//
// # Words
//
//   - A place is a named part of the realm with a code ("ward-03"). Places form one tree:
//     country, province, city, district, street, community, grid. The root is the realm itself.
//   - A boundary is a public document: an RFC 7946 MultiPolygon in canonical form, kept by
//     its digest. A place may have none; a root without one holds every point.
//   - The depth of a place is its number of steps from the root, which has 0. The rank orders layers
//     that share a depth (wards 0, neighbourhoods 1).
//   - Precedence is total: deeper first, then smaller rank, then code. "The most specific
//     place" always means the first by precedence.
//   - A layer is the places of one kind under one parent.
//   - A calendar is a document too: the canonical JSON of a calendar.Spec. It may be the
//     calendar of one place (and of all below that have none nearer) or of one body. The
//     calendar of the root is the realm's own.
//   - An address is what is written on a door or a sign, with its point. The operator imports the list of them whole; it is
//     answered from memory by words. It is no act: it decides nothing, and whoever reports chooses.
//
// # Points on a border
//
// A boundary belongs to its place, so a point on the border of two wards is held by both.
// Every answer lists both in the order of precedence, and whoever needs one takes the first:
// the ward whose code comes first. The same point always gets the same answer.
//
// # States
//
//	              ┌── renamed, redrawn, moved, reclassified ──┐
//	(none) ──founded──▶ open ◀────────────────────────────────┘
//	                     └──closed──▶ closed, with its successor
//
// A closed place keeps its code for ever; what was filed there stays, and questions about
// it are answered by its successor. A place with open places below it cannot be closed.
//
// # What is checked
//
// One root; no place under itself; at least half of a place's area within its parent; at most
// one per cent of a place's area shared with another of its layer. The two tolerances are
// there because real boundaries, drawn by different hands, never meet exactly. Shares
// are computed before a decision, which sees plain numbers.
//
// # Who may do what
//
// A registrar of a coordinating body keeps the places within her body's place, and their
// calendars. The operator may import founding data, which then says "imported".
//
// # What is public
//
// Everything: codes, titles, boundaries, calendars. There is nothing private about a place.
// Points of residents are another matter: Snap gives the one position that may be shown
// for every point of a cell, always the same one, because noise averages out.
package place

import "embed"

// Messages holds this package's texts, messages.<language>.json: key → text with {name} placeholders.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Policies says who may keep places and calendars, in Cedar.
//
//go:embed policies.cedar
var Policies []byte

// Schema is what policies may say of this room's dossiers, as a Cedar schema.
//
//go:embed schema.cedarschema
var Schema []byte
