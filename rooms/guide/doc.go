// Package guide keeps policy guidance: articles that answer what people ask, with the law they rest on.
//
// # Words
//
// An article answers one question, in one or more languages. It has a code that never changes, an owner (the body
// that answers for it), the laws it rests on, the kinds of matter and the places it holds for, and a day by which somebody looks at it
// again. A version is what was published of it at one time; a draft is what waits to be published. Feedback is one
// answer to "did this answer you?".
//
// # An article
//
//	act               from              effect
//	guide.drafted     –                 a draft waits, in place of the one before it; nobody else is shown it
//	guide.discarded   a draft           none waits
//	guide.published   a draft           the next version, valid from its day on until its last day; another post did it
//	guide.took_effect a coming version  it is in force; the one before it is not any more (the clock)
//	guide.ended       in force          its last day is over, and it is off the pages (the clock)
//	guide.reviewed    a version         it was looked at and is still right until the next review
//	guide.overdue     in force          its review date has passed: readers and the owner are told (the clock)
//	guide.withdrawn   a version         it is off the pages, with a reason and perhaps what to read instead
//
// A version's text is a public document, kept by its digest, so that the log covers it: canonical YAML, of the same
// form that is imported. A draft's text lies there too, under an act that is private; no door shows it but to posts of its owner.
//
// # Feedback
//
//	guide.told    –      "did this answer you?" of one version, with what is missing perhaps, under no name
//	guide.forgot  told   its words are erased (the clock)
//
// What is missing is sealed in a box of its own and goes after a time that the realm sets. Feedback is counted by version.
//
// # What is found
//
// Words find what is in force, by frame/search. What Suggest offers while somebody writes is in an order of its own; see suggest.go.
//
// # Who may do what
//
// policies.cedar: an editor of the owner drafts, another post of it publishes; no post does either for another body.
package guide
