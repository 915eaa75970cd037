package matter

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"skein/frame/civic"
)

// Whatever comes in, one by one or hundreds at once, the roll has what it would have if it were read anew.
func TestRollInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := []string{"", "a", "b"}
		row := func(first int) entryRow {
			n := func(most int, label string) int { return rapid.IntRange(0, most).Draw(t, label) }
			return entryRow{
				id: ID(civic.Position(first)), coordinator: bodies[n(2, "coordinator")], status: Statuses[n(len(Statuses)-1, "status")], visibility: Public,
				reported: civic.Instant(n(5, "reported")), due: sql.NullInt64{Int64: int64(n(4, "due")), Valid: true},
			}
		}
		owes := func() (of []Owing) {
			for _, what := range []string{OweAccept, OweAnswer} {
				if rapid.Bool().Draw(t, "owes") {
					of = append(of, Owing{Body: civic.BodyID(rapid.SampledFrom(bodies).Draw(t, "body")), What: what, Due: civic.Instant(rapid.IntRange(0, 3).Draw(t, "by"))})
				}
			}
			return of
		}
		r := &Roll{codes: map[string]uint32{}}
		r.docket.fill(map[civic.DossierID][]Owing{})
		r.order()
		rows, owed, known := map[int]entryRow{}, map[civic.DossierID][]Owing{}, 0
		for range rapid.IntRange(1, 6).Draw(t, "batches") {
			var changed []versioned
			for first := 1; first <= known; first++ {
				if rapid.IntRange(0, 3).Draw(t, "changes") == 0 {
					rows[first] = row(first)
					changed = append(changed, versioned{rows[first], civic.Position(known)})
				}
			}
			for range rapid.IntRange(0, 25).Draw(t, "come") {
				known++
				rows[known] = row(known)
				changed = append(changed, versioned{rows[known], civic.Position(known)})
			}
			now := map[civic.DossierID][]Owing{}
			for _, c := range changed {
				if of := owes(); len(of) > 0 {
					now[c.id], owed[c.id] = of, of
				} else {
					delete(owed, c.id)
				}
			}
			r.put(changed)
			r.docket.put(changed, now)
		}
		fresh := &Roll{codes: r.codes, texts: r.texts}
		for first := 1; first <= known; first++ {
			fresh.entries = append(fresh.entries, fresh.entry(rows[first], 0))
		}
		fresh.order()
		fresh.docket.fill(owed)
		for _, x := range []struct {
			name      string
			got, want any
		}{
			{"reported", firsts(r, r.reported), firsts(fresh, fresh.reported)}, {"clocks", clocksOf(r), clocksOf(fresh)},
			{"owed", queuesOf(r.docket.queues), queuesOf(fresh.docket.queues)}, {"owed by matter", r.docket.of, fresh.docket.of},
		} {
			if !reflect.DeepEqual(x.got, x.want) {
				t.Fatalf("%s: %v, read anew %v", x.name, x.got, x.want)
			}
		}
	})
}

// A page of a span of days begins in it and has what a walk through everything finds.
func TestRollWalksASpan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &Roll{codes: map[string]uint32{}}
		for first := range rapid.IntRange(0, 40).Draw(t, "matters") {
			r.entries = append(r.entries, r.entry(entryRow{
				id: ID(civic.Position(first + 1)), status: rapid.SampledFrom(Statuses).Draw(t, "status"), visibility: Public, reported: civic.Instant(rapid.IntRange(1, 6).Draw(t, "reported")),
			}, 0))
		}
		r.order()
		f := Filter{
			ReportedFrom: civic.Instant(rapid.IntRange(0, 7).Draw(t, "from")), ReportedUntil: civic.Instant(rapid.IntRange(0, 7).Draw(t, "until")),
			Open: rapid.Bool().Draw(t, "open"), Limit: rapid.IntRange(1, 10).Draw(t, "limit"), Offset: rapid.IntRange(0, 10).Draw(t, "offset"),
		}
		passes := r.filter(f, 0)
		var want []civic.Position
		for _, i := range slices.Backward(r.reported) {
			if e := &r.entries[i]; passes(e) {
				want = append(want, e.first)
			}
		}
		want = want[min(f.Offset, len(want)):min(f.Offset+f.Limit, len(want))]
		var got []civic.Position
		for _, p := range r.walk(f, passes, true) {
			got = append(got, p.First)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v gives %v, not %v", f, got, want)
		}
	})
}

func firsts(r *Roll, o ordered) []string {
	out := []string{}
	for _, i := range o {
		out = append(out, fmt.Sprint(r.entries[i].first, r.entries[i].reported, r.entries[i].due))
	}
	return out
}

func clocksOf(r *Roll) map[string][]string {
	out := map[string][]string{}
	for code, o := range r.clocks {
		if len(o) > 0 {
			out[r.texts[code]] = firsts(r, o)
		}
	}
	return out
}

func queuesOf(all map[civic.BodyID][]queued) map[civic.BodyID][]queued {
	out := map[civic.BodyID][]queued{}
	for body, q := range all {
		if len(q) > 0 {
			out[body] = q
		}
	}
	return out
}
