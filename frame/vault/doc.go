// Package vault keeps what the journal must not hold: names, contacts, exact homes,
// private texts, attachments, and the salts behind the journal's digests.
//
// A box is one person's or one dossier's share of it. Every box has a random key of
// its own, stored only as wrapped by the realm's wrapping key, which is derived from
// the master key in a file outside the database:
//
//	master key (file) → wrapping key of a realm → key of a box → items, blobs
//	                                            → derived keys of other purposes
//
// The master key can be replaced while others serve (Rewrap): rows name the key that they are under,
// and the database refuses one under a key that is gone. Before anything is sealed, Settle holds key and
// database against each other.
//
// What is sealed into a box at one time is one item row. Sealing returns the salted
// digest that acts may carry in place of the content. Destroying the wrapped key
// erases all of the box at once, and every proof over the digests still stands.
//
// Ciphers: AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces, or XChaCha20-Poly1305 with random
// 192-bit ones; each ciphertext names its own (one from before there was a choice is AES-256-GCM) and is
// bound to that, its realm, box and item as associated data, so a row moved elsewhere does
// not open. Reseal seals everything anew by the other, while others serve. Derivation: HKDF-SHA256 (RFC 5869).
//
// Trusted for what: who reads the database alone learns that boxes exist, when, and
// the names of their parts, never their content. Who holds the database and the master
// key reads all that is not erased. Who changes a row makes it unreadable, which is
// noticed, and cannot make it say something else. A backup of the database made before
// an erasure, together with the master key, still opens the box: keep the two apart and
// let backups age out.
//
// Bytes on disk: on SQLite an erasure overwrites the rows (secure_delete), and Scrub
// empties the write-ahead log of older copies. PostgreSQL leaves dead rows in its pages
// until it reuses them and copies in its own log until that is recycled; Scrub rewrites
// the key table, without which nothing else opens.
package vault
