// Package review is where what others did is looked at again: appeals, legal review, and what courts and procurators recommend.
//
// # Words
//
// An appeal is a dossier of its own (kind "appeal"): whoever reported a matter disagrees with an answer, a decline, a withholding or a
// masking, on a ground of the law. The respondent is the body whose act it is. A reviewer is a post with that role who had no
// hand in the matter; a reviewer who is kept out had one, stands under a body or post that had, or answers for one. A stay is what stands
// still until the decision, only where the law gives one. A finding (kind "finding") is a legal review of a public act, a policy
// or a row of the duty list, or the recommendation of a court or procurator: all of it public.
//
// # An appeal
//
// [Transitions] is the whole table; TRANSITIONS.md is printed from it, with limits, stays, results and grounds of rules.json. The order of
// notice, reply, hearing and decision is frame/procedure's.
//
//	(matter.appealed) → open → taken → decided → published
//	                      ↑ ↓ recused  ↘ withdrawn
//
// One way in: the matter room takes the appeal with its limits, and a reactor here opens the dossier on it. One way out: a reactor of
// the matter room obeys the decision (matter.obey), with the deciding act as its cause. Neither room imports the other.
//
// Who had a hand in the matter is written down when it is opened, and every act of a post on it since is noted, so that nobody
// reviews what she has begun to handle. Silence of a reviewer is told to the coordinating body and never decides.
//
// # A finding
//
//	examining → lawful
//	          ↘ waits (unlawful) → answered: corrected, or why not
//	(recommended) ↗
//
// What is examined goes by its digest: a policy as it stood in the set that acts cite, a row as it stood in a version of the list. So the acts
// done under exactly that text can be listed. Each is examined once.
//
// # A request
//
//	waits → taken up (the finding says the rest)
//	      ↘ turned down, with law and reasons
//	      ↘ taken back
//
// Anyone asks that a public act, a policy or a row be examined, under no name. What is asked, in which respect and until when it is answered is
// public; what somebody wrote is sealed in a box of its own, read by reviewers who had no hand in the act (each reading is written down) and by
// whoever shows the code of the receipt, who may take it back; it is erased a time after the end. A review that is begun, for whatever reason,
// takes up every request for it. Silence is told to the coordinating body.
//
// # What is public
//
// [Visible] is the only way to an appeal's view. Of a private matter's appeal the public sees nothing, not even that there is one. Of others
// it sees who, what, when, under which law and with which result; the texts only once the reviewer has published them in words without names,
// for which science/mask points out what looks like somebody's data. Texts of an appeal lie in the box of its matter and go with it. Texts of
// findings are public documents, written by posts, and held against science/mask before they are filed.
package review
