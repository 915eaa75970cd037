package journal

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Registry knows every event type that the journal may hold, and every version of
// each for ever: a journal written by any release must still be read.
type Registry struct {
	types map[string]eventType
}

type eventType struct {
	newest reflect.Type
	// older reads a version before the newest.
	older map[int]func(data []byte) (Event, error)
	at    int
}

// Register adds event types by an example of each.
func (r *Registry) Register(examples ...Event) {
	if r.types == nil {
		r.types = map[string]eventType{}
	}
	for _, e := range examples {
		name := e.Type()
		if _, twice := r.types[name]; twice {
			panic("journal: event type " + name + " is registered twice")
		}
		r.types[name] = eventType{newest: reflect.TypeOf(e), at: e.Version(), older: map[int]func([]byte) (Event, error){}}
	}
}

// Older adds the reader of an older version of a registered type.
func (r *Registry) Older(name string, version int, read func(data []byte) (Event, error)) {
	r.types[name].older[version] = read
}

// Decode reads the event of an act.
func (r *Registry) Decode(name string, version int, data []byte) (Event, error) {
	t, ok := r.types[name]
	if !ok {
		return nil, fmt.Errorf("journal: no room knows the act type %q", name)
	}
	if version != t.at {
		read, ok := t.older[version]
		if !ok {
			return nil, fmt.Errorf("journal: act type %q has no version %d (newest %d)", name, version, t.at)
		}
		return read(data)
	}
	v := reflect.New(t.newest)
	if err := json.Unmarshal(data, v.Interface()); err != nil {
		return nil, fmt.Errorf("journal: act type %q version %d: %w", name, version, err)
	}
	return v.Elem().Interface().(Event), nil
}

// Encode writes an event as compact JSON with its fields in the order of the type.
func Encode(e Event) (json.RawMessage, error) {
	return json.Marshal(e)
}

// Names lists the registered types; for tests that walk them all.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.types))
	for name := range r.types {
		names = append(names, name)
	}
	return names
}
