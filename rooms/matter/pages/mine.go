package pages

import (
	"context"
	"log/slog"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
)

// "Mine too": what somebody reports goes on in an open matter of the same thing. She has a matter of her own, with its number, its
// code and its words, and is told all that becomes of the other; nobody counts by person, and nothing ties the two but their acts.

// mine is the matter that a report is to be joined into, "" for none, and fills in what the report leaves open: the same kind of matter at
// the same place has the same lead. A number that names no open matter which everyone may read is passed over: her report counts by itself.
func (p *Pages) mine(ctx context.Context, number string, s *matter.Submission) civic.DossierID {
	if number == "" || s.Kind == matter.Complaint {
		return ""
	}
	main, err := p.API.Find(ctx, number)
	if err != nil {
		return ""
	}
	v, everyone := matter.Visible(main, matter.Eyes{})
	if !everyone || !v.Status.Open() || main.Against != "" {
		return ""
	}
	if s.Category == "" {
		s.Category = v.Category
	}
	if s.Lat == nil && s.Place == "" && s.Address == "" {
		s.Place = v.Place
	}
	return main.ID
}

// join lets a report that was just taken go on in another matter. Where it cannot (the other was answered meanwhile, or another body
// leads it) the report stands by itself, and its page says who answers for it.
func (p *Pages) join(ctx context.Context, told clerk.Receipt, main civic.DossierID, key, digest string) {
	if key != "" {
		key += " join"
	}
	_, err := p.API.Site.Realm.Do(ctx, clerk.Task{
		Command: matter.Join{Into: main}, Dossier: told.Dossier, Actor: civic.Actor{Kind: civic.Resident, Person: told.State.(matter.State).Reporter},
		Key: key, Digest: digest,
	})
	if _, refused := civic.AsRefusals(err); err != nil && !refused {
		p.API.Site.Log.Error("joining a report", slog.Any("err", err))
	}
}
