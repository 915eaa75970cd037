package search

import (
	"context"
	"testing"

	"skein/frame/store"
)

// What somebody is still writing finds what has some of its words, the fullest first; words that say nothing find nothing.
func TestAny(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		update(t, db, func(tx *store.Tx) error {
			return Put(ctx, tx, realm,
				Doc{"article", "lamp", 1, []string{"A street light is out", "lamp", "路灯不亮"}, []string{"Report the place of the lamp."}},
				Doc{"article", "hole", 1, []string{"A hole in the street", "路面坑洞"}, []string{"Say how large it is."}},
				Doc{"matter", "other", 1, []string{"lamp"}, nil})
		})
		for text, want := range map[string]string{
			"The lamp at my corner has been dark since Mond": "lamp", "小区门口的路灯坏了三天": "lamp", "street la": "", "a str": "", "路面上有坑洞": "hole", "potholes": "", "holes": "hole",
			"the is a it ": "", "": "", `" OR *`: "", "la": "", "lam": "lamp", "lam ": "", "place": "lamp", "灯": "lamp",
		} {
			hits, err := Any(ctx, db, realm, "article", text, 5)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(hits) > 0 && (len(hits) == 1 || hits[0].Title > hits[1].Title) {
				got = hits[0].ID
			}
			if got != want {
				t.Errorf("%q finds %v, not %q", text, hits, want)
			}
			for _, h := range hits {
				if h.Title < 0 || h.Title > 1.0001 || h.Body < 0 || h.Body > 1.0001 || h.ID == "other" {
					t.Errorf("%q: %+v", text, h)
				}
			}
		}
	})
}
