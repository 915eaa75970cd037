package matter

import (
	"testing"

	"skein/frame/civic"
)

// A row that is kept counts for the version that it was read after alone, and no more are kept than may be.
func TestKeptRows(t *testing.T) {
	var k keptRows
	at := func(first, version civic.Position) []Picked {
		return []Picked{{ID: ID(first), First: first, Version: version}}
	}
	row := func(first civic.Position, s Status) []Row { return []Row{{ID: ID(first), Status: s}} }
	k.add(at(5, 7), row(5, StatusWorking))
	if rows, missing := k.look(at(5, 7)); len(missing) != 0 || rows[0].Status != StatusWorking {
		t.Errorf("%v %v", rows, missing)
	}
	if rows, missing := k.look(at(5, 8)); len(rows) != 0 || len(missing) != 1 {
		t.Errorf("it is given for a newer version: %v", rows)
	}
	k.add(at(5, 9), row(5, StatusAnswered))
	k.add(at(5, 8), row(5, StatusPaused)) // by one who was slow
	if rows, _ := k.look(at(5, 9)); len(rows) != 1 || rows[0].Status != StatusAnswered {
		t.Errorf("an older one took its place: %v", rows)
	}
	for first := range civic.Position(mostKeptRows + 100) {
		k.add(at(10+first, 1), row(10+first, StatusWorking))
	}
	if len(k.rows) != mostKeptRows {
		t.Errorf("%d rows are kept", len(k.rows))
	}
}
