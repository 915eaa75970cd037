package pages

import (
	"context"
	"sync"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/rooms/matter"
	"skein/science/classify"
	"skein/science/requests"
)

// learner keeps what categories are suggested by. It is made of what everyone may read alone.
type learner struct {
	learnt face.Fresh[*classify.Model]
	mu     sync.Mutex
	digest string
	words  *classify.Named
}

const (
	learnAgain  = 6 * time.Hour
	mostLearnt  = 10_000  // the newest texts
	mostSeen    = 100_000 // matters that are looked at for them: of an import there may be a million without a text
	learntGrams = 8_000   // so that learning takes some ten megabytes
	learntOf    = 5       // different texts share every word and category that is learnt
	atOnce      = 500
)

// model is what was learnt last; learning goes on beside, so that nobody waits for it.
func (l *learner) model(learn func(context.Context) (*classify.Model, error)) *classify.Model {
	waits, not := context.WithCancel(context.Background())
	not()
	m, err := l.learnt.Get(waits, learnAgain, learn)
	if err != nil {
		return nil
	}
	return m
}

func (l *learner) named(digest string, all func() []classify.Described) *classify.Named {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.words == nil || l.digest != digest {
		l.words, l.digest = classify.NewNamed(all()), digest
	}
	return l.words
}

// learn makes a model of the newest released texts; nil where they are too few to learn from.
func (p *Pages) learn(ctx context.Context) (*classify.Model, error) {
	var texts []requests.Request
	f := matter.Filter{Limit: atOnce}
	for seen := 0; len(texts) < mostLearnt && seen < mostSeen; seen += atOnce {
		rows, err := p.API.List(ctx, f)
		if err != nil {
			return nil, err
		}
		said, err := p.said(ctx, rows)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if text := said[r.Box]; text != "" && r.Category != "" && r.Box != "" {
				texts = append(texts, requests.Request{Text: text, Category: string(r.Category)})
			}
		}
		if len(rows) < atOnce {
			break
		}
		f.Before = rows[len(rows)-1].ID
	}
	m, _, err := classify.Train(texts, classify.Options{K: learntOf, MostGrams: learntGrams})
	if _, few := civic.AsRefusals(err); few {
		return nil, nil
	}
	return m, err
}
