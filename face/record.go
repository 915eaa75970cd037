package face

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/seal"
)

// Record adds the doors to what every room shares: the acts.
func (s *Site) Record() {
	Get(s, "/api/acts", "acts", "The public acts of the journal, oldest first", s.acts, "record")
	Get(s, "/api/acts/{id}/receipt", "act-receipt", "The receipt of a public act, as far as it is proved by now; its text for the post that did it", s.actReceipt, "record")
}

type actReceiptIn struct {
	ID string `path:"id" maxLength:"32" doc:"The id of the act"`
}

// actReceipt hands out the receipt of any public act. The post that did it reads it whole, but for what is told of matters:
// their receipts, which look at who reads the file, are under the matter.
func (s *Site) actReceipt(ctx context.Context, in *actReceiptIn) (*Document, error) {
	act, err := s.PublicAct(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	eyes := seal.Stranger
	if me := Actor(ctx); me.Kind == civic.Post && publicActor(act.Actor) == me.String() && act.Label == string(act.Dossier) {
		eyes = seal.Doer
	}
	receipt, err := s.Seal.Receipt(ctx, act, eyes)
	if err != nil {
		return nil, err
	}
	return &Document{ContentType: "text/plain; charset=utf-8", Body: receipt.Format()}, nil
}

// ReceiptPath is where the receipt of a public act is; "" for a private one.
func (s *Site) ReceiptPath(a *journal.Act) string {
	if a.Private {
		return ""
	}
	return "/api/acts/" + s.actNames().of(a.Position) + "/receipt"
}

// PublicAct reads a public act by its id.
func (s *Site) PublicAct(ctx context.Context, id string) (*journal.Act, error) {
	none := civic.Refuse(civic.Missing, "face.act_unknown")
	position, ok := s.actNames().position(id)
	if !ok || position == 0 {
		return nil, none
	}
	found, err := journal.After(ctx, s.Realm.DB.R, nil, s.Realm.ID, position-1, 1)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].Position != position || found[0].Private {
		return nil, none
	}
	acts, err := s.Realm.Acts(ctx, found[0].Dossier)
	if err != nil {
		return nil, err
	}
	return &acts[found[0].Seq-1], nil
}

type actsIn struct {
	After string `query:"after" maxLength:"32" doc:"The id of the last act of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type actsOut struct {
	Link string `header:"Link"`
	Body Acts
}

// Acts is a page of what everyone may see of the journal. Private acts are not among them (their
// commitments are in the log, see Logs), and no position is told: the gaps would say when somebody came with a private matter.
type Acts struct {
	Acts []Act  `json:"acts"`
	Next string `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

// Act is what is shown of a public act.
type Act struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Version    int    `json:"version"`
	Actor      string `json:"actor" doc:"clock, operator, resident, or post: and its code"`
	Power      string `json:"power"`
	Policies   string `json:"policies" doc:"Digest of the policy set in force"`
	Happened   Time   `json:"happened"`
	Recorded   Time   `json:"recorded"`
	Cause      string `json:"cause,omitempty" doc:"The id of the act that it answers"`
	Imported   bool   `json:"imported,omitempty"`
	Inferred   bool   `json:"inferred,omitempty"`
	Commitment string `json:"commitment"`
}

func (s *Site) acts(ctx context.Context, in *actsIn) (*actsOut, error) {
	names := s.actNames()
	after, ok := names.position(in.After)
	if !ok {
		return nil, civic.Refuse(civic.Invalid, "face.act_unknown").In("after")
	}
	acts, err := journal.Public(ctx, s.Realm.DB.R, s.Realm.ID, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &actsOut{Body: Acts{Acts: make([]Act, len(acts))}}
	for i := range acts {
		a := &acts[i]
		out.Body.Acts[i] = s.act(names, a)
	}
	if len(acts) == in.Limit {
		out.Body.Next = out.Body.Acts[len(acts)-1].ID
		out.Link = s.NextPage(fmt.Sprintf("/api/acts?limit=%d&after=%s", in.Limit, out.Body.Next))
	}
	return out, nil
}

func (s *Site) act(names actNames, a *journal.Act) Act {
	return Act{
		ID: names.of(a.Position), Type: a.Type, Version: a.Version, Actor: publicActor(a.Actor), Power: a.Power, Policies: a.Policies,
		Happened: s.Time(a.Happened), Recorded: s.Time(a.Recorded), Cause: names.of(a.Cause), Imported: a.Imported, Inferred: a.Inferred,
		Commitment: hex.EncodeToString(a.Commitment),
	}
}

// publicActor names posts, never a resident, nor for whom a post acted.
func publicActor(actor string) string {
	kind, _, _ := strings.Cut(actor, ":")
	if kind == string(civic.Resident) {
		return kind
	}
	post, _, _ := strings.Cut(actor, " ")
	return post
}

// ActName is what an act is called where everybody may know of it: a name that tells no position, for two positions tell how many
// acts, private ones among them, lie between. "" for none.
func (s *Site) ActName(p civic.Position) string { return s.actNames().of(p) }

// ActAt is the position of an act by its name, 0 for ""; false for what is no name of an act.
func (s *Site) ActAt(name string) (civic.Position, bool) { return s.actNames().position(name) }

// actNames gives acts names that say nothing of their positions: AES-256 of it, hex.
type actNames struct{ block cipher.Block }

func (s *Site) actNames() actNames {
	key := s.Vault.Keys.Master.Derive("names of acts", s.Realm.ID)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // a key of 32 bytes is one
	}
	return actNames{block}
}

// of names an act; "" for none.
func (n actNames) of(p civic.Position) string {
	if p == 0 {
		return ""
	}
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[8:], uint64(p))
	n.block.Encrypt(b[:], b[:])
	return hex.EncodeToString(b[:])
}

// position is the inverse of of; false for what is no name of an act.
func (n actNames) position(name string) (civic.Position, bool) {
	if name == "" {
		return 0, true
	}
	b, err := hex.DecodeString(name)
	if err != nil || len(b) != aes.BlockSize {
		return 0, false
	}
	n.block.Decrypt(b, b)
	p := binary.BigEndian.Uint64(b[8:])
	return civic.Position(p), binary.BigEndian.Uint64(b[:8]) == 0 && p <= 1<<62
}

// NextPage is the Link header to the next page of a list (RFC 8288).
func (s *Site) NextPage(target string) string { return "<" + s.PublicURL + target + `>; rel="next"` }
