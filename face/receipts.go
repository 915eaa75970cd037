package face

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/seal"
)

// Receipts adds the page that reads receipts, and the one about the log that they are of. With script the file stays in the browser
// (front/src/receipts.js); without, it is posted, read, and forgotten.
func (s *Site) Receipts() {
	s.Mux.HandleFunc("GET /receipts", func(w http.ResponseWriter, r *http.Request) {
		s.receiptsPage(w, r, Sheet{}, Form{Voice: s.Voice(r.Context()), Values: url.Values{}}, nil)
	})
	s.Mux.HandleFunc("POST /receipts", s.takeReceipt)
	s.Mux.HandleFunc("GET /log/{realm}", s.logPage)
}

const mostKeys = 8 << 10 // bytes of the keys that a reader may add

// receiptsView is what the page shows.
type receiptsView struct {
	Form    Form
	Voice   words.Voice
	Realm   civic.Realm
	Keys    seal.Keys
	Data    string // for the script
	Reading *reading
}

// reading is what a receipt was found to prove, in words; Stage is empty for one that proves nothing.
type reading struct {
	Stage   seal.Stage
	Heading string
	Says    []string
	Facts   []fact
}

type fact struct{ Name, Value string }

// receiptData is what the script needs to say the same without asking anybody: the keys, and the words.
type receiptData struct {
	Lang      string            `json:"lang"`
	Zone      string            `json:"zone"`
	Log       []string          `json:"log"`
	Witnesses []string          `json:"witnesses"`
	Texts     map[string]string `json:"texts"`
	Acts      map[string]string `json:"acts"`
	Powers    map[string]string `json:"powers"`
}

func (s *Site) receiptsPage(w http.ResponseWriter, r *http.Request, sheet Sheet, f Form, read *reading) {
	keys, err := s.receiptKeys(r.Context())
	if err != nil {
		s.Error(w, r, err)
		return
	}
	data, err := json.Marshal(s.receiptData(f.Voice, keys))
	if err != nil {
		s.Error(w, r, err)
		return
	}
	sheet.Title, sheet.Crumbs = f.Voice.Say("face.receipts"), []Crumb{}
	s.Page(w, r, sheet, receiptsPage(receiptsView{Form: f, Voice: f.Voice, Realm: s.Realm.ID, Keys: keys, Data: string(data), Reading: read}))
}

func (s *Site) receiptData(v words.Voice, keys seal.Keys) receiptData {
	d := receiptData{
		Lang: v.Lang, Zone: v.Zone.String(), Log: append([]string{}, keys.Log...), Witnesses: append([]string{}, keys.Witnesses...), // none is [], not null
		Texts: map[string]string{}, Acts: map[string]string{}, Powers: map[string]string{},
	}
	for _, key := range s.Book.Keys() {
		for _, prefix := range []string{"face.receipt_", "seal.receipt_", "seal.checkpoint_", "seal.origin_"} {
			if strings.HasPrefix(key, prefix) {
				d.Texts[key] = v.Say(key)
			}
		}
		if room, act, ok := strings.Cut(key, ".act."); ok {
			d.Acts[room+"."+act] = v.Say(key)
		}
	}
	for _, p := range s.Realm.View().Powers.All() {
		d.Powers[p.ID] = PolicyTitle(v, p)
	}
	return d
}

// takeReceipt reads a receipt for who has no script. Nothing of it is kept or logged.
func (s *Site) takeReceipt(w http.ResponseWriter, r *http.Request) {
	f := Form{Voice: s.Voice(r.Context()), Values: url.Values{}}
	file, added, err := readReceiptForm(r)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	f.Values.Set("keys", added)
	own, err := s.receiptKeys(r.Context())
	if err != nil {
		s.Error(w, r, err)
		return
	}
	keys := seal.Keys{Log: append([]string(nil), own.Log...), Witnesses: append([]string(nil), own.Witnesses...)}
	for line := range strings.FieldsSeq(added) {
		if !keys.Add(line) {
			f.Add("keys", "face.receipt_key_unreadable", "key", tame(line))
		}
	}
	if len(file) == 0 {
		f.Add("file", "face.receipt_none")
	}
	if len(f.Wrong) > 0 {
		s.receiptsPage(w, r, Sheet{Status: http.StatusUnprocessableEntity, Secret: true}, f, nil)
		return
	}
	read, err := s.read(f.Voice, file, own, keys)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	s.receiptsPage(w, r, Sheet{Secret: true}, f, read)
}

// readReceiptForm reads the form in memory: the file, or else the text that was pasted, as far as is needed to
// see that it is too long. Browsers send line ends of a field as CRLF, and people copy a blank more or less.
func readReceiptForm(r *http.Request) (file []byte, keys string, err error) {
	unreadable := func(err error) error {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return civic.Refuse(civic.TooLarge, "face.too_large")
		}
		return civic.Refuse(civic.Malformed, "face.form_unreadable")
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, "", unreadable(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return file, keys, nil
		}
		if err != nil {
			return nil, "", unreadable(err)
		}
		most := int64(seal.MostReceipt + 1)
		if part.FormName() == "keys" {
			most = mostKeys
		}
		content, err := io.ReadAll(io.LimitReader(part, most))
		if err != nil {
			return nil, "", unreadable(err)
		}
		switch part.FormName() {
		case "keys":
			keys = strings.ToValidUTF8(string(content), "�")
		case "file":
			file = content
		case "text":
			if text := pasted(string(content)); len(file) == 0 && text != "" {
				file = []byte(text)
			}
		}
	}
}

// pasted is a text that was copied, as the file had it.
func pasted(text string) string {
	text = strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), " \t\r\n")
	if text == "" {
		return ""
	}
	return text + "\n"
}

// read proves a receipt: with the realm's keys, else with those that its reader added.
func (s *Site) read(v words.Voice, file []byte, own, all seal.Keys) (*reading, error) {
	receipt, err := seal.ParseReceipt(file)
	var p *seal.Proved
	ours := true
	if err == nil {
		if p, err = receipt.Verify(own); err != nil && len(all.Log)+len(all.Witnesses) > len(own.Log)+len(own.Witnesses) {
			ours = false
			p, err = receipt.Verify(all)
		}
	}
	var fault *seal.Fault
	switch {
	case errors.As(err, &fault):
		return &reading{Heading: v.Say("face.receipt_proves_nothing"), Says: []string{v.Say(fault.Key, tamed(fault.Args)...)}}, nil
	case err != nil:
		return nil, err
	}
	return s.proved(v, p, ours), nil
}

// proved says in words what a receipt proves; front/src/receipts.words.js says the same.
func (s *Site) proved(v words.Voice, p *seal.Proved, ours bool) *reading {
	stage := string(p.Stage)
	out := &reading{Stage: p.Stage, Heading: v.Say("face.receipt_stage_" + stage), Says: []string{v.Say("face.receipt_means_" + stage)}}
	if !ours {
		out.Says = append(out.Says, v.Say("face.receipt_added_key"))
	}
	add := func(name, value string) {
		out.Facts = append(out.Facts, fact{v.Say("face.receipt_" + name), tame(value)})
	}
	moment := func(t time.Time) string { return v.DateTime(civic.At(t)) }
	if p.Act == nil {
		add("act", v.Say("face.receipt_act_hidden"))
	} else {
		room, act, _ := strings.Cut(p.Act.Type, ".")
		add("act", v.Value(words.Code{Key: room + ".act." + act, Else: p.Act.Type}))
	}
	if !p.Recorded.IsZero() {
		add("recorded", moment(p.Recorded))
	}
	if p.Act != nil {
		add("by", who(v, p.Act.Actor))
		title := p.Act.Power
		if policy := s.Realm.View().Powers.Policy(title); policy != nil {
			title = PolicyTitle(v, policy)
		}
		add("power", cmp.Or(title, "–"))
		if strings.Contains(p.Act.Flags, "i") {
			add("nature", v.Say("face.receipt_imported"))
		}
		if strings.Contains(p.Act.Flags, "n") {
			add("nature", v.Say("face.receipt_inferred"))
		}
	}
	add("log", p.Origin)
	if c := p.Checkpoint; c != nil {
		add("place", v.Say("face.receipt_place_of", "leaf", p.Leaf, "size", c.Tree.N))
		add("checkpoint", moment(c.At))
		for _, w := range c.Cosigned {
			add("witness", v.Say("face.receipt_witness_at", "name", w.Name, "time", moment(w.At)))
		}
	} else {
		add("promise", moment(p.SealedBy))
	}
	add("commitment", p.Commitment)
	return out
}

// who says what kind of actor did something, of posts which; never more than the receipt has.
func who(v words.Voice, actor string) string {
	kind, post, _ := strings.Cut(publicActor(actor), ":")
	switch civic.ActorKind(kind) {
	case civic.Post:
		return v.Say("face.receipt_by_post", "post", post)
	case civic.Resident, civic.Clock, civic.Operator:
		return v.Say("face.receipt_by_" + kind)
	}
	return kind
}

// tame makes a text of a stranger fit to be shown within a sentence: nothing in it changes the direction
// or the line, and it is not long.
func tame(text string) string {
	const most = 200
	var b strings.Builder
	n := 0
	for _, c := range text {
		if unicode.IsControl(c) || c == '\u200e' || c == '\u200f' || c >= '\u2028' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' || c == '\ufeff' {
			continue
		}
		if n++; n > most {
			b.WriteRune('…')
			break
		}
		b.WriteRune(c)
	}
	return b.String()
}

func tamed(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		if text, ok := a.(string); ok {
			out[i] = tame(text)
		}
	}
	return out
}

// receiptKeys are the keys that a receipt of this realm is read with: those that ever signed its logs, and those
// of the witnesses that the operator named.
func (s *Site) receiptKeys(ctx context.Context) (seal.Keys, error) {
	var keys seal.Keys
	logs, err := s.logs(ctx)
	for _, l := range logs {
		for _, k := range l.Keys {
			keys.Add(k)
		}
	}
	for _, k := range s.witnessKeys() {
		keys.Add(k)
	}
	return keys, err
}

func (s *Site) witnessKeys() []string {
	if s.WitnessKeys == nil {
		return nil
	}
	return s.WitnessKeys()
}

// keyName is the name in a verifier key.
func keyName(vkey string) string {
	name, _, _ := strings.Cut(vkey, "+")
	return name
}
