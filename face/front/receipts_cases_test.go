package front

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/seal"
)

// cases are receipts of every stage, and what somebody may make of them; keys of strange logs are added.
func (f forge) cases(keys *seal.Keys, log *seal.Signer, plain note.Signer, again *seal.Signer, plainAgain note.Signer, quay, mill *seal.Signer) []tried {
	a := f.act(nil)
	when := recorded.Add(time.Minute)
	at := recorded.Format(microseconds)
	promise := f.promised(a, true, plain, origin, a.Commitment, at)
	sealed := f.proved(a, true, log, plain, 11, 6, when)
	witnessed := f.proved(a, true, log, plain, 8, 7, when, quay, mill)
	hidden := f.proved(a, false, log, plain, 300, 256, when)
	var all []tried
	add := func(name string, file []byte, want string) {
		all = append(all, tried{Name: name, File: file, want: want})
	}
	for _, good := range []struct {
		name  string
		file  []byte
		stage seal.Stage
	}{
		{"promise", promise, seal.Recorded}, {"hidden promise", f.promised(a, false, plain, origin, a.Commitment, at), seal.Recorded},
		{"sealed", sealed, seal.Sealed}, {"hidden", hidden, seal.Sealed}, {"witnessed", witnessed, seal.Witnessed},
		{"second log", f.proved(a, true, again, plainAgain, 5, 4, when, mill), seal.Witnessed},
	} {
		add(good.name, good.file, string(good.stage))
		all = append(all, tried{Name: good.name, File: good.file, Every: "end"})
		if good.name != "hidden promise" && good.name != "hidden" && good.name != "second log" { // the bits of these are of no other kind
			all = append(all, tried{Name: good.name, File: good.file, Every: "bit"})
		}
		for name, change := range edits {
			add(good.name+" "+name, change(bytes.Clone(good.file)), "")
		}
	}
	for size := int64(1); size <= 20; size++ {
		for leaf := range size {
			add(fmt.Sprintf("leaf %d of %d", leaf, size), f.proved(a, false, log, plain, size, leaf, when), "sealed")
		}
	}

	inland := f.act(func(a *journal.Act) { a.Realm = "inland" })
	other := f.act(func(a *journal.Act) { a.Salt = bytes.Repeat([]byte{9}, 32) })
	_, strange := f.key(origin)
	lone, plainLone := f.key("nobody.example/harbour")
	unknown, _ := f.key("unknown.example")
	add("another realm", f.proved(inland, true, log, plain, 11, 6, when), "seal.receipt_other_realm")
	add("a promise of another realm", f.promised(inland, true, plain, origin, inland.Commitment, at), "seal.receipt_other_realm")
	add("a promise for another act", f.promised(a, true, plain, origin, other.Commitment, at), "seal.receipt_other_act")
	add("another act", bytes.Replace(sealed, []byte("\nseq 1\n"), []byte("\nseq 2\n"), 1), "seal.receipt_not_in_log")
	add("another time", f.promised(a, true, plain, origin, a.Commitment, recorded.Add(time.Microsecond).Format(microseconds)), "seal.receipt_other_time")
	add("another key", f.promised(a, true, strange, origin, a.Commitment, at), "seal.receipt_other_key")
	add("another log's key", f.proved(a, true, lone, plainLone, 3, 1, when), "seal.receipt_other_key")
	add("by a witness alone", f.proved(a, true, quay, plainLone, 3, 1, when), "")
	add("a promise in another log's name", f.promised(a, true, plainAgain, origin, a.Commitment, at), "seal.receipt_damaged")
	add("backdated", f.proved(a, true, log, plain, 11, 6, recorded.Add(-2*time.Second)), "seal.checkpoint_backdated")
	add("in the same second", f.proved(a, true, log, plain, 11, 6, recorded.Truncate(time.Second)), "sealed")
	add("hidden and backdated", f.proved(a, false, log, plain, 11, 6, recorded.Add(-time.Hour)), "sealed")
	add("before 1970", f.proved(f.act(func(a *journal.Act) { a.Recorded = -1 }), true, log, plain, 2, 0, time.Unix(-1, 0)), "")
	add("no time", dropLine(sealed, 1), "seal.checkpoint_no_time")
	add("no plain signature", dropLine(sealed, 2), "seal.receipt_other_key")
	add("an unknown witness", f.proved(a, true, log, plain, 11, 6, when, unknown), "seal.receipt_unknown_signer")
	add("an unknown witness among others", f.proved(a, true, log, plain, 11, 6, when, quay, unknown, mill), "seal.receipt_unknown_signer")
	add("signed by both logs", f.proved(a, true, log, plain, 11, 6, when, again), "sealed")
	for name, b := range f.oddActs() {
		add("act "+name, f.proved(b, true, log, plain, 11, 6, when), "")
		add("promised act "+name, f.promised(b, true, plain, origin, b.Commitment, b.Recorded.Time().UTC().Format(microseconds)), "")
	}
	for _, moment := range []string{
		"0000-01-01T00:00:00.000000Z", "2026-02-30T09:30:01.250000Z", "2026-03-02T24:00:00.000000Z", "2026-03-02T09:30:60.250000Z", "2026-03-02T09:30:01.25Z",
		"2026-03-02T09:30:01.250000+00:00", "2026-03-02 09:30:01.250000Z", "2026-03-02T9:30:01.250000Z", "2026-03-02T09:30:01,250000Z", "",
	} {
		add("promised at "+moment, f.promised(a, true, plain, origin, a.Commitment, moment), "")
	}
	add("a promise for half a commitment", f.promised(a, true, plain, origin, a.Commitment[:16], at), "")
	for _, text := range []string{
		"%s\n11\n", "%s\n-1\nAAAA\n", "%s\n9223372036854775808\n" + zeroHash, "%s\n18446744073709551616\n" + zeroHash, "%s\n011\n" + zeroHash, "%s\n+11\n" + zeroHash,
		"%s\n11\n" + zeroHash + "extension\n", "%s\n11\nAAAA\n", "%s\n0\n" + zeroHash, "%s\n11\n" + zeroHash + "\nmore\n", "x%s\n11\n" + zeroHash,
	} {
		all = append(all, tried{Name: "head " + text, File: withCheckpoint(sealed, f.signed(fmt.Sprintf(text, origin), plain, when, log))})
	}
	add("no head", withCheckpoint(sealed, nil), "seal.receipt_damaged")
	for _, name := range []string{
		"city.example/harbour", "log/harbour", "/log/harbour", "city.example/log/harbour/1", "city.example/log/harbour/02", "city.example/log/log/3", "log/harbour/2",
		"city.example/log/harbour/-2", "city.example/log/harbour/99999999999999999999", "city.example/log/", "港.example/log/harbour", strings.Repeat("x", 70_000) + "/log/harbour",
	} {
		s, p := f.key(name)
		keys.Log = append(keys.Log, s.Verifier)
		all = append(all, tried{Name: fmt.Sprintf("origin %.40s", name), File: f.proved(a, true, s, p, 3, 1, when)})
	}
	for name, sig := range smallOrder {
		key, err := note.NewEd25519VerifierKey(origin, sig[:32])
		if err != nil {
			f.Fatal(err)
		}
		if !slices.Contains(keys.Log, key) {
			keys.Log = append(keys.Log, key)
		}
		id, _ := hex.DecodeString(strings.Split(key, "+")[1])
		r := seal.NewReceipt(a, seal.Doer)
		text, _, _ := strings.Cut(string(promise[bytes.Index(promise, []byte("skein promise")):]), "\n\n")
		r.Promise = text + "\n\n— " + origin + " " + base64.StdEncoding.EncodeToString(append(id, sig[32:]...)) + "\n"
		add("signed by "+name, r.Format(), map[bool]string{true: "recorded", false: "seal.receipt_damaged"}[strings.HasPrefix(name, "nobody")])
	}
	add("nothing", nil, "seal.receipt_not_one")
	add("junk", bytes.Repeat([]byte("垃圾"), 350_000), "seal.receipt_too_long")
	add("a megabyte of a name", append([]byte("skein receipt 1\nsalt "), bytes.Repeat([]byte("A"), 1<<20-30)...), "seal.receipt_cut_off")
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 1000 {
		base := [][]byte{promise, sealed, witnessed, hidden}[i%4]
		all = append(all, tried{Name: fmt.Sprint("random ", i), File: disturb(random, base)})
	}
	return all
}

const zeroHash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

// smallOrder are keys without a secret, each with a signature that holds, or nearly, for whatever is signed: the
// neutral point, where [S]B = R + [k]A says [S]B = R, with S = 1 and R = B; and R with a point of order 2 in it.
var smallOrder = map[string][]byte{
	"nobody":               smallOrderOf("01", "5866666666666666666666666666666666666666666666666666666666666666", "01"),
	"nobody, otherwise":    smallOrderOf("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "5866666666666666666666666666666666666666666666666666666666666666", "01"),
	"nobody, with nothing": smallOrderOf("01", "01", "00"),
	"one with a cofactor":  smallOrderOf("01", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "00"),
	"one beyond the order": smallOrderOf("01", "5866666666666666666666666666666666666666666666666666666666666666", "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"),
	"one off the curve":    smallOrderOf("02", "5866666666666666666666666666666666666666666666666666666666666666", "01"),
}

// smallOrderOf puts key, R and S beside each other, each filled up to 32 bytes.
func smallOrderOf(parts ...string) (out []byte) {
	for _, p := range parts {
		b, err := hex.DecodeString(p)
		if err != nil {
			panic(err)
		}
		out = append(out, append(b, make([]byte, 32-len(b))...)...)
	}
	return out
}

// oddActs are acts whose text is strange, but signed as it is.
func (f forge) oddActs() map[string]*journal.Act {
	out := map[string]*journal.Act{}
	for name, change := range map[string]func(a *journal.Act){
		"at no time": func(a *journal.Act) { a.Recorded = 0 },
		"all flags":  func(a *journal.Act) { a.Imported, a.Inferred, a.Private = true, true, true },
		"of nobody":  func(a *journal.Act) { a.Actor, a.Power, a.Type = "", "", "" },
		"two lines":  func(a *journal.Act) { a.Actor = "x\nrealm y" },
		"a strange letter": func(a *journal.Act) {
			a.Actor = "resident:\xff\u202e\u2028"
		},
		"far off": func(a *journal.Act) { a.Recorded, a.Position = 1<<62, -1<<63 },
	} {
		out[name] = f.act(change)
	}
	for _, data := range []string{
		"", "{", "null", "01", "-0", "1e999", `"\ud800"`, `"\x"`, "\"\xff\"", "\xa0{}", " {}\t", "{}{}", `{"a":1,}`, `"` + "\x7f" + `"`, "\"\t\"", "{}\n{}", "{}\ndata {}",
		strings.Repeat("[", 10000) + strings.Repeat("]", 10000), strings.Repeat("[", 10001) + strings.Repeat("]", 10001), `"[[[\"]"`,
	} {
		out[fmt.Sprintf("with data %.12q %d", data, len(data))] = f.act(func(a *journal.Act) { a.Data = []byte(data) })
	}
	early := f.act(func(a *journal.Act) { a.Recorded = civic.At(time.Unix(-1, 500_000_000)) })
	out["before 1970"] = early
	return out
}

// edits are what becomes of files on their way, and what somebody tries.
var edits = map[string]func([]byte) []byte{
	"with CRLF":             func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
	"with a last CR":        func(b []byte) []byte { return append(bytes.TrimSuffix(b, []byte("\n")), "\r\n"...) },
	"with BOM":              func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) },
	"and a line":            func(b []byte) []byte { return append(bytes.Clone(b), '\n') },
	"without its last line": func(b []byte) []byte { return bytes.TrimSuffix(b, []byte("\n")) },
	"twice":                 func(b []byte) []byte { return append(bytes.Clone(b), b...) },
	"and its last line": func(b []byte) []byte {
		return append(bytes.Clone(b), b[bytes.LastIndex(b[:len(b)-1], []byte("\n"))+1:]...)
	},
	"and a blank":        func(b []byte) []byte { return append(bytes.TrimSuffix(b, []byte("\n")), " \n"...) },
	"and a strange line": func(b []byte) []byte { return append(bytes.Clone(b), "— x y\n"...) },
	"and an unknown signature": func(b []byte) []byte {
		return append(bytes.Clone(b), "— x.example AAAAAAAAAAAA\n"...)
	},
	"and many signatures": func(b []byte) []byte {
		return append(bytes.Clone(b), strings.Repeat("— x.example AAAAAAAAAAAA\n", 100)...)
	},
	"in capitals":           bytes.ToUpper,
	"with extra":            replaced("@v1\nindex", "@v1\nextra \nindex"),
	"with an index of +":    replaced("index ", "index +"),
	"with an index of 0":    replaced("index ", "index 0"),
	"with a large index":    replaced("index ", "index 4611686018427387904"),
	"with another index":    replaced("index 6", "index 5"),
	"with a hash less":      func(b []byte) []byte { return hashLine(b, false) },
	"with a hash twice":     func(b []byte) []byte { return hashLine(b, true) },
	"of commitment and act": replaced("salt ", "commitment "),
	"with a loose base64":   replaced("Bwc=\n", "Bwd=\n"),
}

func replaced(old, by string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(by), 1) }
}

// hashLine doubles or drops the first hash of a proof.
func hashLine(b []byte, twice bool) []byte {
	at := bytes.Index(b, []byte("\nindex "))
	if at < 0 {
		return b
	}
	start := at + 1 + bytes.IndexByte(b[at+1:], '\n') + 1
	end := start + bytes.IndexByte(b[start:], '\n') + 1
	out := bytes.Clone(b[:start])
	if twice {
		out = append(out, b[start:end]...)
		return append(out, b[start:]...)
	}
	return append(out, b[end:]...)
}

// dropLine leaves out a line, counted from the end.
func dropLine(b []byte, fromEnd int) []byte {
	lines := strings.SplitAfter(string(b), "\n")
	lines = lines[:len(lines)-1]
	at := len(lines) - fromEnd
	return []byte(strings.Join(append(append([]string{}, lines[:at]...), lines[at+1:]...), ""))
}

// withCheckpoint puts another checkpoint under a proof.
func withCheckpoint(b, checkpoint []byte) []byte {
	at := bytes.Index(b, []byte("\nindex "))
	end := at + bytes.Index(b[at:], []byte("\n\n")) + 2
	return append(bytes.Clone(b[:end]), checkpoint...)
}

// disturb changes a few bytes of a file: others, more, fewer, or two parts changed about.
func disturb(r *rand.Rand, file []byte) []byte {
	b := bytes.Clone(file)
	for range 1 + r.IntN(3) {
		i, j := r.IntN(len(b)), r.IntN(len(b))
		signs := []byte("\n\r \x00+=—A0/\xff")
		switch r.IntN(5) {
		case 0:
			b[i] = signs[r.IntN(len(signs))]
		case 1:
			b = append(b[:i:i], append([]byte{signs[r.IntN(len(signs))]}, b[i:]...)...)
		case 2:
			b = append(b[:i:i], b[i+1:]...)
		case 3:
			b[i], b[j] = b[j], b[i]
		case 4:
			lines := bytes.SplitAfter(b, []byte("\n"))
			x, y := r.IntN(len(lines)), r.IntN(len(lines))
			lines[x], lines[y] = lines[y], lines[x]
			b = bytes.Join(lines, nil)
		}
		if len(b) == 0 {
			return file
		}
	}
	return b
}

// eyesOf is who did the act, or a stranger.
func eyesOf(open bool) seal.Eyes {
	if open {
		return seal.Doer
	}
	return seal.Stranger
}
