// Package duty keeps the responsibility list: for each kind of matter in each place, one
// lead body, who helps, on what law, by whom, with what means and by when.
//
// # Words
//
// A row says who leads for one category in one place. A list is the rows of one version,
// public, kept by the digest of its canonical CSV. A gap is a category and a spot
// that no row covers; an overlap is two rows of equal precedence with different leads; an
// empty chair is a row with no officer, staff, budget or law behind it. A category is a kind of thing
// people report, a path of codes with dots; its code never changes its meaning and is
// never dropped. A precedent is a ruling on who is responsible that proposes an edit to the list.
//
// # Precedence
//
// A spot lies in many places: its ward, its neighbourhood, the city. A row applies if its
// place holds the spot and its category is the one asked for or lies above it ("*" lies above
// all). Of the rows that apply
//
//  1. the one in the deepest place decides;
//  2. among equally deep places, the one for the most specific category;
//  3. if rows are still equal and name one lead, the layer of the smaller rank, then the smaller code
//     of the place, then the smaller id of the row: this chooses between limits, not between bodies;
//  4. if they name different leads it is an overlap. Nobody is assigned in silence: the
//     matter goes to triage, and the rows to blame are named.
//
// So the answer is total: exactly one of one lead, a gap, an overlap, and always the same for the same
// list. Rank never chooses between bodies, for the order of two map layers is not a reason why somebody answers.
//
// # Acts
//
// Two dossiers, "duty/list" and "duty/categories", have the same acts, for both are a
// public document with versions; one document for both would make a new list of every new hint.
//
//	act                   from                effect
//	duty.adopted          –                   the next version, in force from its effective moment on
//	duty.withdrawn        not yet in force    it never was
//	duty.precedent_noted  –                   a ruling waits to be taken up; adopting settles it
//
// A version takes effect at the first moment of its day in the realm's zone, or when it is
// adopted if that is later: never backwards. Effective days rise with version numbers. Open matters stay
// where they are unless the version says that it moves them. The clock has no business here.
//
// # What is public
//
// All of it, except precedents from private matters, which show nothing but their commitment.
//
// # Who may do what
//
// policies.cedar: a list keeper of a coordinating body adopts and withdraws; the clock notes precedents.
package duty
