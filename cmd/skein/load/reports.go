package load

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Reports makes bodies of reports as people send them: any category, any point of the
// town, some 200 characters of text, a contact in every second one.
type Reports struct {
	town Town
	rnd  *rand.Rand
	buf  []byte
}

// NewReports makes the reports of one client; the same seed makes the same ones.
func NewReports(seed uint64) *Reports {
	return &Reports{town: BenchTown(), rnd: rand.New(rand.NewPCG(seed, 311))}
}

var phrases = strings.Split("the lamp at the corner is dark|water stands in the street after rain|the bin has not been emptied for a week|"+
	"the pavement is broken and a child fell|the crossing has no light|a tree leans over the path|the noise goes on past midnight|"+
	"the lift has stood still since Monday|the drain smells|the bus stop sign is gone|路灯不亮|井盖缺失，行人危险|垃圾堆放多日", "|")

// Next is the next body; it is good until the next call.
func (r *Reports) Next() []byte {
	code := r.town.Categories[r.rnd.IntN(len(r.town.Categories))]
	lat, lon := r.town.Point(r.rnd)
	b := append(r.buf[:0], `{"category":"`...)
	b = append(append(b, code...), `","lat":`...)
	b = append(fmt.Appendf(b, "%.6f,\"lon\":%.6f", lat, lon), `,"text":"`...)
	for from := len(b); len(b)-from < 170; {
		b = append(append(b, phrases[r.rnd.IntN(len(phrases))]...), ". "...)
	}
	b = append(b, `","channel":"web"`...)
	if r.rnd.IntN(2) == 0 {
		n := r.rnd.Uint32()
		b = fmt.Appendf(b, `,"contact":{"name":"Resident %d","email":"r%d@example.org","phone":"+1 617 555 %04d"}`, n%1000, n, n%10000)
	}
	r.buf = append(b, '}')
	return r.buf
}

// Receipt is what a reporter must be able to rely on.
type Receipt struct {
	Number   string `json:"number"`
	Tracking string `json:"tracking"`
	Position int64  `json:"position"`
}

// quickReceipt takes the receipt out of an answer without reading all of it.
func quickReceipt(answer []byte) (Receipt, error) {
	text := string(answer)
	var r Receipt
	var ok, also bool
	r.Number, ok = quoted(text, `"number":"`)
	r.Tracking, also = quoted(text, `"tracking":"`)
	if ok && also {
		return r, nil
	}
	err := json.Unmarshal(answer, &r)
	return r, err
}

func quoted(text, name string) (string, bool) {
	i := strings.Index(text, name)
	if i < 0 {
		return "", false
	}
	text = text[i+len(name):]
	j := strings.IndexByte(text, '"')
	if j < 0 {
		return "", false
	}
	return strings.Clone(text[:j]), true
}
