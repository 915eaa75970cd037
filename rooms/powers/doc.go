// Package powers keeps the realm's own policies, the part of the list of powers that does not
// ship: what the realm permits besides, and what it forbids besides.
//
// # Words
//
// A rule is a Cedar policy with an id, the law it rests on and a title in both languages. The
// list of powers is every rule in force: those that ship with the rooms, and after them
// the realm's own. A version is the realm's own rules whole, public, kept by the digest of their
// canonical text. The set is both together; every act cites its digest.
//
// # Acts
//
// One dossier, "powers/list".
//
//	act               from             by                                      effect
//	powers.proposed   none waits       a list keeper or registrar              a document waits; nothing else changes
//	powers.adopted    one waits        a coordinator of the realm's own        the next version, in force from the next act on
//	                                   coordinating body, in another post
//	powers.rejected   one waits        the same, or the post that proposed     it waits no more
//	powers.withdrawn  one waits        the post that proposed                  it waits no more
//
// One proposal waits at a time: what is approved is then always a change of what is in force.
//
// # What no version can do
//
// Undo a forbid that ships (in Cedar a forbid outweighs every permit); touch how versions are made,
// what the clock does, or an import; forbid anything to residents; name a person. What is
// looked at is in frame/power/own.go, and why in docs/decisions/0011-own-powers.md.
//
// # What is public
//
// All of it, from the proposal on.
//
// # Who may do what
//
// policies.cedar. Nobody imports here: the machine's operator gives herself no power.
package powers
