package similar

// ids finds the slot of an id: a hash table with linear probing (Knuth, The Art of Computer Programming 3, §6.4, algorithms L and R).
// It keeps slots alone, 4 bytes each, and asks idOf for the id in a slot; a Go map would take five times as much.
type ids struct {
	table []uint32 // a power of two long; none where empty
	len   int
	idOf  func(slot uint32) int64
}

// at returns where the id is in the table or, if it is not, would be.
func (t *ids) at(id int64) (int, bool) {
	mask := len(t.table) - 1
	for i := int(mix(uint64(id))) & mask; ; i = (i + 1) & mask {
		switch slot := t.table[i]; {
		case slot == none:
			return i, false
		case t.idOf(slot) == id:
			return i, true
		}
	}
}

func (t *ids) find(id int64) (slot uint32, ok bool) {
	if t.len == 0 {
		return none, false
	}
	i, ok := t.at(id)
	return t.table[i], ok
}

// put adds an id that is not there, after it was written into its slot.
func (t *ids) put(id int64, slot uint32) {
	if (t.len+1)*4 > len(t.table)*3 {
		old := t.table
		t.table = make([]uint32, max(64, 2*len(old)))
		for i := range t.table {
			t.table[i] = none
		}
		for _, slot := range old {
			if slot != none {
				i, _ := t.at(t.idOf(slot))
				t.table[i] = slot
			}
		}
	}
	i, _ := t.at(id)
	t.table[i] = slot
	t.len++
}

// remove takes an id out and moves up those that were pushed on by it.
func (t *ids) remove(id int64) {
	i, ok := t.at(id)
	if !ok {
		return
	}
	mask := len(t.table) - 1
	for j := (i + 1) & mask; t.table[j] != none; j = (j + 1) & mask {
		home := int(mix(uint64(t.idOf(t.table[j])))) & mask
		if (j-home)&mask >= (j-i)&mask {
			t.table[i], i = t.table[j], j
		}
	}
	t.table[i] = none
	t.len--
}
