package matter

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
)

type commandIn[C any] struct {
	face.Keyed
	Tracked
	Number string `path:"number" maxLength:"40"`
	Body   C
}

// command registers the door of one command on a matter: texts come in clear and are sealed.
func command[C Command](a *API, name, summary string) {
	face.Post(a.Site, "/api/matters/{number}/"+name, "matter-"+name, summary,
		func(ctx context.Context, in *commandIn[C]) (*receiptOut, error) {
			s, err := a.Find(ctx, in.Number)
			if err != nil {
				return nil, err
			}
			eyes := a.Eyes(ctx, s, in.Tracking)
			_, visible := Visible(s, eyes)
			if c, erases := any(in.Body).(Erase); erases && s.Spent() {
				if hers := a.Remembers(ctx, s, in.Tracking); hers || visible {
					return a.erasedBefore(ctx, in.Keyed, s, c, hers)
				}
			}
			if !visible {
				return nil, civic.Refuse(civic.Missing, "matter.none")
			}
			actor := face.Actor(ctx)
			actor.Person = eyes.Reporter
			if err := a.OwnJudge(ctx, s, actor, in.Body.Name()); err != nil {
				return nil, err
			}
			c, err := a.named(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			t, err := a.Intake.On(ctx, a.Site.Realm.View(), actor, s, c, nil)
			if err != nil {
				return nil, err
			}
			if err := a.Forget(ctx, s, &t); err != nil {
				return nil, err
			}
			return a.run(ctx, in.Keyed, t, in.Body)
		}, "matters")
}

// erasedBefore answers that there is nothing left to erase, which is no error: with the receipt of the first time to whoever
// shows code and key of it, or else with one of no act.
func (a *API) erasedBefore(ctx context.Context, k face.Keyed, s State, c Erase, hers bool) (*receiptOut, error) {
	if k.IdempotencyKey != "" && (hers || face.Actor(ctx).Kind == civic.Post) {
		acts, err := a.Site.Realm.Acts(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		t := clerk.Task{Command: c, Dossier: s.ID, Actor: face.Actor(ctx)}
		if first, ok := acts[0].Event.(Reported); ok && hers {
			t.Actor.Person = first.Reporter
		}
		if err := a.Site.Once(&t, k, c); err != nil {
			return nil, err
		}
		if r, err := a.Site.Realm.Do(ctx, t); err == nil && r.Again {
			return &receiptOut{a.Receipt(ctx, r)}, nil
		}
	}
	return &receiptOut{a.Receipt(ctx, clerk.Receipt{Dossier: s.ID, State: s})}, nil
}

// named puts the dossier for the public number of another matter, which people know it by.
func (a *API) named(ctx context.Context, c Command) (Command, error) {
	j, ok := c.(Join)
	if !ok || j.Into == "" {
		return c, nil
	}
	if _, ok := First(j.Into); ok {
		return c, nil
	}
	unknown := civic.Refuse(civic.Invalid, "matter.join_unknown", "matter", clip(string(j.Into))).In("into")
	main, err := a.Find(ctx, string(j.Into))
	if rs, refused := civic.AsRefusals(err); refused && rs.Kind() != civic.Unavailable {
		return nil, unknown
	} else if err != nil {
		return nil, err
	}
	if _, ok := Visible(main, a.Eyes(ctx, main, "")); !ok {
		return nil, unknown
	}
	j.Into = main.ID
	return j, nil
}

type redactIn struct {
	face.Keyed
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		Item   string `json:"item" maxLength:"64" doc:"The digest of the original"`
		Text   string `json:"text" maxLength:"40000" doc:"The masked version"`
		Ground string `json:"ground" maxLength:"100"`
	}
}

func (a *API) redact(ctx context.Context, in *redactIn) (*receiptOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	if _, ok := Visible(s, a.Eyes(ctx, s, "")); !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	actor := face.Actor(ctx)
	t, err := a.Intake.Redact(ctx, a.Site.Realm.View(), actor, s, in.Body.Item, in.Body.Text, in.Body.Ground)
	if err != nil {
		return nil, err
	}
	return a.run(ctx, in.Keyed, t, in.Body)
}

// run does a task under the key that its request came with.
func (a *API) run(ctx context.Context, k face.Keyed, t clerk.Task, body any) (*receiptOut, error) {
	if err := a.Site.Once(&t, k, body); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	return &receiptOut{a.Receipt(ctx, r)}, nil
}

type photosIn struct {
	Tracked
	face.Sent
	Number string `path:"number" maxLength:"40"`
}

// photosForm is what the door of photos is sent.
var photosForm = huma.MediaType{
	Schema: &huma.Schema{Type: "object", Required: []string{"photo"}, Properties: map[string]*huma.Schema{
		"photo": {Type: "array", Items: &huma.Schema{
			Type: "string", Format: "binary", ContentEncoding: "binary", Description: "JPEG, PNG, GIF or WebP; written anew without what the camera noted",
		}},
		"text": {Type: "string", MaxLength: new(40_000)},
	}},
	Encoding: map[string]*huma.Encoding{"photo": {ContentType: "application/octet-stream"}, "text": {ContentType: "text/plain"}},
}

func (a *API) photos(ctx context.Context, in *photosIn) (*receiptOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	eyes := a.Eyes(ctx, s, in.Tracking)
	if _, ok := Visible(s, eyes); !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	actor := face.Actor(ctx)
	actor.Person = eyes.Reporter
	if !a.May(s, actor, "matter.attach") { // before anything of a stranger's is read
		return nil, civic.Refuse(civic.Forbidden, "power.none", "action", "matter.attach", "policies", "")
	}
	form, err := ReadForm(in.Request(), "photo")
	switch {
	case err != nil:
		return nil, err
	case form.TooMany:
		return nil, civic.Refuse(civic.TooLarge, "matter.too_many_attached", "most", MostPhotos).In("photo")
	case len(form.Refused) > 0:
		return nil, form.Refused
	case len(form.Photos) == 0:
		return nil, civic.Refuse(civic.Invalid, "face.field_file").In("photo")
	}
	t, err := a.Intake.On(ctx, a.Site.Realm.View(), actor, s, Attach{Text: form.Fields.Get("text")}, form.Photos)
	if err != nil {
		return nil, err
	}
	return a.run(ctx, face.Keyed{}, t, nil)
}
