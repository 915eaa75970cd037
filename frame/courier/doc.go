// Package courier takes word of acts to people and programs: mail, SMS, signed webhooks.
//
// A decision writes notes as rows of the outbox in the commit of its acts; nothing is
// sent inside it. A courier for each realm follows the outbox and delivers what is due:
//
//	waiting ──delivered──→ sent
//	   │ ├──nobody to tell, or no channel configured──→ kept
//	   │ └──refused for good, or tried too often──→ dead ──Retry──→ waiting
//	   └──refused for now──→ waiting, due later
//
// Delivery is at least once: a crash between delivering and marking delivers again,
// under the same id (the header Skein-Delivery, the Message-ID of a mail), by which the
// other side can tell. What was delivered is marked before anything else is delivered,
// so a full disk does not turn into a flood of mail. One courier at a time works in a
// realm, by a lease row; one that stalls past its lease loses its marks, not the order.
//
// A row names a post, a body or a box of the vault, never an address, and holds codes
// only. The address is looked up when the note is sent, so what was erased meanwhile is
// not sent, and errors are kept as codes, since a server's words may quote the address.
package courier
