package civic

// ActorKind says in what capacity somebody acts.
type ActorKind string

const (
	// Post acts for a body, in a post of it.
	Post ActorKind = "post"
	// Resident is anybody who is not acting in a post; she need not be identified.
	Resident ActorKind = "resident"
	// Clock is the realm itself when a limit has run out or the duty list is applied.
	Clock ActorKind = "clock"
	// Operator runs the machine: makes realms, imports records. An operator holds no power over a dossier.
	Operator ActorKind = "operator"
)

// Actor is who does something.
type Actor struct {
	Kind ActorKind
	// Post is set for a post, and for an operator's import on a post's behalf.
	Post PostID
	// Person is the resident's random name in this dossier, if she is known in it.
	Person PersonID
	// For is the person on whose behalf a post acts (the desk writing down a call).
	For PersonID
	// Scope narrows what a key of a post may be used for: patterns of actions, such as
	// "matter.read matter.answer" or "matter.*", "" for all. It is no part of who acts.
	Scope string
}

// String is how an actor stands in the journal: "post:pwd/head", "resident:7f3a", "clock".
func (a Actor) String() string {
	switch a.Kind {
	case Post:
		if a.For != "" {
			return "post:" + string(a.Post) + " for:" + string(a.For)
		}
		return "post:" + string(a.Post)
	case Resident:
		return "resident:" + string(a.Person)
	default:
		if a.Post != "" {
			return string(a.Kind) + ":" + string(a.Post)
		}
		return string(a.Kind)
	}
}
