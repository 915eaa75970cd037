// Package body keeps who there is to answer: bodies, their posts and the officers in them.
//
// # Words
//
// A body is an authority, a coordinating body, the self-governing committee of a
// neighbourhood or village, a mass organisation, a social organisation or an enterprise
// with a public duty. It has a home place and may stand under another body. A
// post belongs to one body, has roles, and may name the post that supervises it. An officer is
// a person seated in a post for a term. A coordinating body coordinates places; a place
// without one of its own is coordinated from the nearest place above it that has one.
//
// # Acts
//
//	act                  from     effect
//	body.founded         –        the body lives
//	body.renamed         lives    a new title
//	body.moved           lives    stands under another body
//	body.post_created    lives    a post with its roles
//	body.post_changed    lives    the whole of title, roles and supervisor again
//	body.post_closed     lives    its code is not used again
//	body.officer_seated  lives    a term; no two terms in one post overlap
//	body.officer_left    lives    the term ends now instead of on its day
//	body.coordination_set, body.coordination_lifted
//	                     lives    a place passes from one coordinating body to another, in one commit
//	body.merged, body.abolished
//	                     lives    the body has ended; its successor answers for its open matters,
//	                              coordinates its places and stands above its bodies
//
// A term ends at the local midnight after its last day, without an act: from then on the
// chair is empty. So the clock has no business in this room.
//
// # Rules
//
// A coordinating body plans, convenes, rules on who is responsible and watches the clocks, and can do nothing
// else: none of its posts is a handler, and only its posts are coordinators. It is succeeded
// only by a coordinating body, and succeeds no other kind. No body stands under itself, no supervisor is
// supervised by his own post, and handlers never lose their last supervisor. Codes are never used twice.
//
// # What is public
//
// Everything but the officers. An act names a person by a random id and the digest of a
// name that lies in the vault, where it can be erased; a public name stands in an act only
// where the realm's law has officers' names published. Nothing here counts, compares or ranks persons.
//
// # Who may do what
//
// policies.cedar. A registrar of the coordinating body keeps the register of its place; a registrar of
// another body keeps that body's posts and officers and those of the bodies under it.
package body
