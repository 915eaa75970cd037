package pages

import (
	"context"
	"sync"
	"time"

	"skein/frame/civic"
	"skein/rooms/matter"
	"skein/science/classify"
	"skein/science/requests"
)

// learner keeps what categories are suggested by. It is made of what everyone may read alone.
type learner struct {
	mu       sync.Mutex
	learnt   *classify.Model
	at       time.Time
	learning bool
	digest   string
	words    *classify.Named
}

const (
	learnAgain  = 6 * time.Hour
	learnTakes  = 2 * time.Minute
	mostLearnt  = 10_000 // the newest texts
	learntGrams = 8_000  // so that learning takes some ten megabytes
	learntOf    = 5      // different texts share every word and category that is learnt
	atOnce      = 500
)

// model is what was learnt last; learning goes on beside, so that nobody waits for it.
func (l *learner) model(learn func(context.Context) (*classify.Model, error)) *classify.Model {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.learning && time.Since(l.at) > learnAgain {
		l.learning = true
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), learnTakes)
			defer cancel()
			m, err := learn(ctx)
			l.mu.Lock()
			defer l.mu.Unlock()
			l.learning, l.at = false, time.Now()
			if err == nil {
				l.learnt = m
			}
		}()
	}
	return l.learnt
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
	for len(texts) < mostLearnt {
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
