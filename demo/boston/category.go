package boston

import (
	"sort"
	"strings"

	"skein/frame/civic"
)

// Category is a reason ("street_lights") or a type of service under it.
type Category struct {
	Code  civic.Category
	Title Title
	// Kind is the kind of matter that a type makes, judged by its name: "request",
	// "complaint", "suggestion", "question" or "public-safety"; "" for a reason.
	Kind string
	// Private is set where a matter tells of somebody's home or of one employee.
	Private bool
	// Cases counts the rows.
	Cases int
}

// Categories is the tree of services met in the rows, by code: 35 reasons and their 141
// types. None begins with "rights", which every realm has of its own.
func Categories(rows []Row) []Category {
	count := map[[2]string]int{}
	for i := range rows {
		count[[2]string{rows[i].Reason, rows[i].Type}]++
		count[[2]string{rows[i].Reason, ""}]++
	}
	list := make([]Category, 0, len(count))
	for pair, n := range count {
		what, is := "reason", pair[0]
		if pair[1] != "" {
			what, is = "type", pair[1]
		}
		called := names().of[[2]string{what, is}]
		list = append(list, Category{
			Code: CategoryCode(pair[0], pair[1]), Title: called.title, Kind: called.kind, Cases: n,
			Private: pair[0] == "Housing" || pair[1] == "General Comments For An Employee",
		})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Code < list[j].Code })
	return list
}

// HoodsNamed gives the polygons that a name of a neighbourhood in the data covers, the
// main one first; none for "Boston", a blank or an unknown name.
func HoodsNamed(name string) []civic.PlaceID {
	var list []civic.PlaceID
	for _, code := range strings.Fields(names().of[[2]string{"neighbourhood", name}].code) {
		list = append(list, civic.PlaceID(code))
	}
	return list
}
