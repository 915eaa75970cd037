package boston

import (
	"fmt"
	"sort"
	"strings"

	"skein/frame/civic"
)

// The body that coordinates, which the data do not have, and the desk.
const (
	Coordinator civic.BodyID = "coord"
	Hotline     civic.BodyID = "info"
	Desk        civic.PostID = "info/desk"
	Chair       civic.PostID = "coord/chair"
)

// Body is a department of the city, or the invented coordinating body.
type Body struct {
	ID    civic.BodyID
	Title Title
	// Kind is "public" or "coordinating".
	Kind string
	// Place is where the body is at home: the city.
	Place civic.PlaceID
	// Source is the department's name in the data, "" for the invented body.
	Source string
	// Cases counts the rows it held last.
	Cases int
	Posts []Post
}

// Post is a head (the supervisor), the desk, or the post of one queue.
type Post struct {
	ID    civic.PostID
	Title Title
	// Role is "head", "desk", "queue" or "chair".
	Role string
	// Source is the queue's name in the data, "" for an invented post.
	Source  string
	Cases   int
	Officer Officer
}

// Officer sits in a post. All are invented and their names say so.
type Officer struct {
	Name Title
	// Since is the start of the data; the terms have no end.
	Since civic.Instant
}

// BodyOf gives the body of a department in the data. "No Q" (one row) is the city's word
// for "no queue assigned" and is no body: ok is false.
func BodyOf(department string) (id civic.BodyID, ok bool) {
	n, ok := names().of[[2]string{"department", department}]
	return civic.BodyID(n.code), ok
}

// PostOf gives the post of a queue in the data, if its department is a body.
func PostOf(department, queue string) (id civic.PostID, ok bool) {
	body, ok := BodyOf(department)
	if !ok {
		return "", false
	}
	_, name, _ := strings.Cut(queue, "_")
	return civic.PostID(string(body) + "/" + slug(name, '-')), true
}

// Head is the supervising post of a body.
func Head(body civic.BodyID) civic.PostID {
	if body == Coordinator {
		return Chair
	}
	return civic.PostID(string(body) + "/head")
}

// Bodies gives the ten departments met in the rows and the invented coordinating body,
// each with its posts, by code. Officers are numbered in that order.
func Bodies(rows []Row) []Body {
	cases := map[civic.BodyID]int{}
	queues := map[civic.PostID]*Post{}
	for i := range rows {
		id, ok := PostOf(rows[i].Department, rows[i].Queue)
		if !ok {
			continue
		}
		cases[id.Body()]++
		p := queues[id]
		if p == nil {
			title := names().of[[2]string{"queue", rows[i].Queue}].title
			p = &Post{ID: id, Title: title, Role: "queue", Source: rows[i].Queue}
			queues[id] = p
		}
		p.Cases++
	}
	bodies := []Body{{
		ID: Coordinator, Kind: "coordinating", Place: City,
		Title: Title{"en": "Coordinating Office of the Demo City (invented)", "zh-Hans": "演示城市协调办公室（虚构）"},
		Posts: []Post{{ID: Chair, Role: "chair", Title: Title{"en": "Chair (invented)", "zh-Hans": "主任（虚构）"}}},
	}}
	for _, department := range names().order["department"] {
		id, _ := BodyOf(department)
		if cases[id] == 0 {
			continue
		}
		n := names().of[[2]string{"department", department}]
		b := Body{ID: id, Kind: n.kind, Place: City, Title: n.title, Source: department, Cases: cases[id]}
		b.Posts = append(b.Posts, Post{ID: Head(id), Role: "head", Title: Title{"en": "Head (invented post)", "zh-Hans": "负责人（虚构岗位）"}})
		if id == Hotline {
			b.Posts = append(b.Posts, Post{ID: Desk, Role: "desk", Title: Title{"en": "Desk (invented post)", "zh-Hans": "受理台（虚构岗位）"}})
		}
		for _, p := range queues {
			if p.ID.Body() == id {
				b.Posts = append(b.Posts, *p)
			}
		}
		bodies = append(bodies, b)
	}
	sort.Slice(bodies, func(i, j int) bool { return bodies[i].ID < bodies[j].ID })
	number := 0
	for _, b := range bodies {
		sort.Slice(b.Posts, func(i, j int) bool { return b.Posts[i].ID < b.Posts[j].ID })
		for j := range b.Posts {
			number++
			b.Posts[j].Officer = Officer{Since: Start, Name: Title{
				"en":      fmt.Sprintf("Demo Officer %02d (invented)", number),
				"zh-Hans": fmt.Sprintf("演示人员%02d（虚构）", number),
			}}
		}
	}
	return bodies
}
