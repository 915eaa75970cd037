// Package seal keeps the acts of a realm as a transparency log that nobody can quietly
// change: a Merkle tree (RFC 6962) in the C2SP formats (tlog-tiles, tlog-checkpoint,
// signed-note, tlog-cosignature, tlog-proof).
//
// It follows the journal. What a leaf holds is an act's commitment and nothing else:
//
//	act <base64 of SHA-256(salt ‖ canonical text of the act)>
//
// Public acts are appended at once. Private ones wait for the hour to end and are appended
// in an order by chance among decoys, so that neither a leaf's place nor how many there are
// tells when somebody came: their number is rounded up (see bucket), and an hour in which
// nobody came looks like one in which up to eight private acts were done. What is sealed in one batch because it is older
// than the log tells its number to 64. A decoy is the commitment of a salt that
// is kept, so that whoever holds the database can show that it hides no act. Leaves that are no
// acts are texts: a change of key ("skein key 1"), what a log goes on from ("skein continues 1"), and what whoever opened the
// log has it seal each hour (Config.Hourly).
//
// Leaves, tiles, cursors and the signed checkpoint are written in one transaction, under the
// lock of the log's row: several processes may seal one realm.
//
// A checkpoint carries two signatures of the log's key: the plain one of signed-note, and a
// timestamped one of tlog-cosignature/v1, which says when. That time is the realm's own, as
// recorded times are; it never goes back, and is never before the recorded time of an act in the tree.
//
// The key lies in a folder that no backup holds, and beside it what was last signed with it: a
// database that is older than its key signs nothing (see guard).
//
// Others are asked to cosign each checkpoint (tlog-witness, see Asker), and those of other logs are cosigned
// (see Witness): that each continues the one before. What a log's key signed and does not fit is kept.
package seal
