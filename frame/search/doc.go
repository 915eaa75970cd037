// Package search finds documents by words, in English, Chinese and what other scripts there are, alike on SQLite
// (FTS5) and PostgreSQL (tsvector).
//
// Neither engine cuts Chinese into words; SQLite's trigram tokenizer finds no word of two characters, which most are. So texts are cut here:
// Chinese into overlapping pairs of characters (bigrams), English into words and their stems (Snowball), and both engines get the same
// tokens, written in ASCII letters and digits that neither touches
// (before a name of realm and kind is put into each, which keeps realms apart):
//
//	"Street lights"  → wstreet sstreet wlights slight
//	"路灯坏了"        → h…路灯 h…灯坏 h…坏了 h…了
//
// A word of a query finds words that begin with it and words of its stem; a run of Chinese finds itself, also a single character. All words of a query
// must be there. Of many, the newest are ranked here, by BM25 with titles above bodies, so that both engines answer alike.
//
// Trusted for what: who gives a document here makes its words findable to everyone. Only what is public may be given. The index of erased
// documents is overwritten at once (secure-delete).
package search
