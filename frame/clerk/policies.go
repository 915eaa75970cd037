package clerk

import (
	"skein/frame/journal"
	"skein/frame/power"
	"skein/frame/store"
)

// filePolicies files the policy sets that the batch's acts cite, and the one in force after
// them, so that every digest in an act can be looked up from its commit on.
func (b *batch) filePolicies() {
	known := map[string]bool{b.r.filed: true}
	file := func(s *power.Set) {
		if !known[s.Digest] {
			known[s.Digest] = true
			b.writes = append(b.writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(b.r.ID), s.Digest, "text/cedar", s.Text}})
		}
	}
	for _, s := range b.powers {
		file(s)
	}
	file(b.view.Powers)
}
