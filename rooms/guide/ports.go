package guide

import (
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// Ports are the other rooms' answers, as of a view.
type Ports struct {
	Calendar func(*clerk.View) *calendar.Calendar
	// Known says which bodies, categories and places there are.
	Known func(*clerk.View) Known
	// Chain is a place and all that hold it.
	Chain func(*clerk.View, civic.PlaceID) []civic.PlaceID
	// Names are the titles of a code ("category", "place") in all languages of the realm.
	Names func(v *clerk.View, kind, code string) []string
}
