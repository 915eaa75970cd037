package pages

import (
	"fmt"
	"net/http"
	"strconv"

	"skein/frame/civic"
	"skein/frame/seal"
)

// proof hands out the receipt of one act, as far as it is proved by now. Whoever may read the file reads
// in it what was done and when, and whoever did it what she said; others, of an act that is public, what proves that it is in the log.
func (p *Pages) proof(w http.ResponseWriter, r *http.Request) {
	f, ok := p.find(w, r)
	if !ok {
		return
	}
	site, ctx := p.API.Site, r.Context()
	acts, err := site.Realm.Acts(ctx, f.state.ID)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil || n < 1 || n > int64(len(acts)) || acts[n-1].Private && !f.view.Concerned() {
		site.Error(w, r, civic.Refuse(civic.Missing, "pages.no_act"))
		return
	}
	act, eyes := &acts[n-1], seal.Stranger
	if f.view.Concerned() {
		eyes = seal.Reader
	}
	if me := (civic.Actor{Kind: civic.Resident, Person: f.eyes.Reporter}); f.eyes.Reporter != "" && act.Actor == me.String() {
		eyes = seal.Doer
	}
	receipt, err := site.Seal.Receipt(ctx, act, eyes)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=\"skein-%s-%d.txt\"", f.view.Number, n))
	h.Set("Cache-Control", "no-store") // it changes as more is proved, and may be for these eyes alone
	w.Write(receipt.Format())
}

// receiptURL is where the receipt of an act is.
func receiptURL(o oneView, a actProof) string {
	return "/matters/" + o.Number + "/acts/" + strconv.FormatInt(a.Seq, 10) + "/receipt"
}
