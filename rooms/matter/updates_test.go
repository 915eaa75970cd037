package matter

import (
	"slices"
	"strings"
	"testing"
)

// The index of migration 00003 is of exactly the acts that are listed as updates, so that
// both engines can use it; and each of them is an act of this room with words of its own.
func TestUpdateTypesAreIndexed(t *testing.T) {
	sql, err := migrations.ReadFile("migrations/00003_open311.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(sql), "WHERE type IN (")
	list, _, _ := strings.Cut(rest, ")")
	var indexed []string
	for part := range strings.SplitSeq(list, ",") {
		indexed = append(indexed, strings.Trim(part, " '\n"))
	}
	if !slices.Equal(indexed, UpdateTypes) {
		t.Errorf("indexed are %q, listed %q", indexed, UpdateTypes)
	}
	known := map[string]bool{}
	for _, e := range Events() {
		known[e.Type()] = true
	}
	for _, typ := range UpdateTypes {
		if !known[typ] {
			t.Errorf("%s is no act of this room", typ)
		}
	}
}
