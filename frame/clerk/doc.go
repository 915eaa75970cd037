// Package clerk runs commands. A command goes one way:
//
//	task → prepare (facts, power) → queue → decide → acts → journal + tables + outbox (one commit) → receipt
//
// Preparing happens before the queue and in parallel; what it read carries versions. The
// realm's writer takes all tasks that wait, opens one transaction, locks the realm's
// head, reads the acts it has not seen, prepares again only what a newer version has
// overtaken, decides the batch in order and in memory (a later task sees what an earlier
// one did), writes all rows with one statement a table and commits once. If the database
// refuses, the same tasks run again one a transaction, so that a failing one fails alone.
//
// While a batch is written the next is decided on top of it; whoever writes looks under the lock that
// the journal ends where the batch goes on, and otherwise its tasks are decided again (ahead.go).
//
// Nothing is acknowledged before its commit is synced. When a commit fails and nobody
// knows whether it took, the writer looks: the acts are there or they are not.
//
// Several processes may serve one realm on PostgreSQL. Each batch takes the head's lock
// in turn; the unique (realm, dossier, seq) of an act is the second guard, so that even a
// stale state cannot append over another's act.
package clerk
