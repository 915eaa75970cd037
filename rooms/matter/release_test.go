package matter

import "testing"

func TestReleasing(t *testing.T) {
	photo := Attachment{Digest: dig("photo"), Media: "image/jpeg", W: 640, H: 480}
	withText := []move{{"0d", ann, told(func(r *Report) { r.Text = dig("text"); r.Attached = []Attachment{photo} })}}
	private := []move{{"0d", ann, told(func(r *Report) { r.Text = dig("text"); r.Visibility = Private })}}
	withheld := moves(withText, []move{{"1h", desk, Withhold{Items: []string{dig("photo")}, Ground: "personal_data", Law: "l"}}})
	run(t, []row{
		{name: "one by one", given: withText, when: move{"1h", desk, Release{Items: []string{dig("text")}}}, then: []string{"released"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[0].Showing != ShowReleased || s.Items[1].Showing != ShowUndecided || s.ReleaseBy.Due == 0 {
					t.Error(s.Items, s.ReleaseBy)
				}
			}},
		{name: "all of them ends the limit", given: withText, when: move{"1h", lead, Release{Items: []string{dig("text"), dig("photo")}}}, then: []string{"released"},
			check: func(t *testing.T, s State, w *world) {
				if s.ReleaseBy.Due != 0 {
					t.Error(s.ReleaseBy)
				}
			}},
		{name: "silence is told to the supervising post, and shows nothing", given: withText, when: move{"1d", theClock, Tick{}}, then: []string{"escalated release by the clock"},
			check: func(t *testing.T, s State, w *world) {
				e := w.acts[s.ID][2].Event.(Escalated)
				if e.To != "pwd/chief" || s.Items[0].Showing != ShowUndecided {
					t.Errorf("%+v", e)
				}
			}},
		{name: "what is not there is not released", given: withText, when: move{"1h", desk, Release{Items: []string{dig("x"), dig("text"), dig("text")}}}, refused: []string{"matter.item_unknown", "matter.item_unknown"}},
		{name: "nor nothing", given: withText, when: move{"1h", desk, Release{}}, refused: []string{"matter.missing"}},
		{name: "nor twice", given: moves(withText, []move{{"1h", desk, Release{Items: []string{dig("text")}}}}), when: move{"2h", desk, Release{Items: []string{dig("text")}}}, refused: []string{"matter.item_already"}},
		{name: "with its language, which stands with the text alone", given: withText, when: move{"1h", desk, Release{Items: []string{dig("text"), dig("photo")}, Language: "zh-CN"}}, then: []string{"released"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[0].Language != "zh-Hans" || s.Items[1].Language != "" {
					t.Error(s.Items)
				}
			}},
		{name: "again, with another", given: moves(withText, []move{{"1h", desk, Release{Items: []string{dig("text")}, Language: "en"}}}), when: move{"2h", desk, Release{Items: []string{dig("text")}, Language: "zh"}}, then: []string{"released"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[0].Language != "zh-Hans" || s.Items[0].Showing != ShowReleased {
					t.Error(s.Items)
				}
			}},
		{name: "not with the same", given: moves(withText, []move{{"1h", desk, Release{Items: []string{dig("text")}, Language: "zh"}}}), when: move{"2h", desk, Release{Items: []string{dig("text")}, Language: "zh-CN"}}, refused: []string{"matter.item_already"}},
		{name: "released anew without one, nothing is said of it", given: moves(withText, []move{{"1h", desk, Release{Items: []string{dig("text")}, Language: "en"}}, {"2h", desk, Withhold{Items: []string{dig("text")}, Ground: "personal_data"}}}), when: move{"3h", desk, Release{Items: []string{dig("text")}}}, then: []string{"released"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[0].Language != "" {
					t.Error(s.Items)
				}
			}},
		{name: "a photo has none", given: withText, when: move{"1h", desk, Release{Items: []string{dig("photo")}, Language: "en"}}, refused: []string{"matter.language_of_text"}},
		{name: "it is a language's code", given: withText, when: move{"1h", desk, Release{Items: []string{dig("text")}, Language: "english"}}, refused: []string{"matter.language_unknown"}},
		{name: "a private matter never", given: private, when: move{"1h", desk, Release{Items: []string{dig("text")}}}, refused: []string{"matter.private_never_shown"}},
		{name: "nor by telling", given: moves(private, []move{{"1h", lead, Accept{}}}), when: move{"1h", lead, Tell{Text: dig("t"), Release: true}}, refused: []string{"matter.private_never_shown"}},
		{name: "withholding has a ground", given: withText, when: move{"1h", desk, Withhold{Items: []string{dig("photo")}, Ground: "embarrassing"}}, refused: []string{"matter.ground_unknown"}},
		{name: "from the list", given: withText, when: move{"1h", desk, Withhold{Items: []string{dig("photo")}, Ground: "personal_data"}}, then: []string{"withheld"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[1].Showing != ShowWithheld || s.Items[1].Ground != "personal_data" {
					t.Error(s.Items)
				}
			}},
		{name: "and is appealable", given: withheld, when: move{"2d", ann, Appeal{Of: "withholding", Ground: "facts_unclear", Reason: dig("r")}}, then: []string{"escalated release by the clock at 1d", "appealed"}},
		{name: "masking is appealable too, whatever became of the matter", given: moves(withText, []move{{"1h", desk, Redact{Item: dig("text"), Shown: Attachment{Digest: dig("masked"), Media: "text/plain"}, Ground: "personal_data"}}, {"2h", ann, Withdraw{}}}),
			when: move{"3h", ann, Appeal{Of: "masking", Ground: "facts_unclear", Reason: dig("r")}}, then: []string{"appealed"}, status: StatusClosed,
			check: func(t *testing.T, s State, w *world) {
				if it := s.Items[0]; it.Masked != "personal_data" || it.Shown != dig("masked") || s.MaskedAt == 0 {
					t.Error(it)
				}
			}},
		{name: "where something was masked", given: withheld, when: move{"4h", ann, Appeal{Of: "masking", Ground: "facts_unclear", Reason: dig("r")}}, refused: []string{"matter.nothing_to_appeal"}},
		{name: "once", given: moves(withheld, []move{{"2h", ann, Appeal{Of: "withholding", Ground: "facts_unclear", Reason: dig("r")}}}), when: move{"3h", ann, Appeal{Of: "withholding", Ground: "facts_unclear", Reason: dig("r")}}, refused: []string{"matter.appealed_before"}},
		{name: "also after what was released: it is taken back", given: moves(withText, []move{{"1h", desk, Release{Items: []string{dig("photo")}}}}), when: move{"2h", desk, Withhold{Items: []string{dig("photo")}, Ground: "personal_data"}}, then: []string{"withheld"}},
		{name: "masked before it is shown", given: withText, when: move{"1h", desk, Redact{Item: dig("photo"), Shown: Attachment{Digest: dig("masked"), Media: "image/jpeg", W: 640, H: 480}, Ground: "personal_data"}}, then: []string{"redacted"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[1].Digest != dig("photo") || s.Items[1].Shown != dig("masked") || s.Items[1].Showing != ShowUndecided {
					t.Error(s.Items)
				}
			}},
		{name: "with what, and why", given: withText, when: move{"1h", desk, Redact{Item: dig("x")}}, refused: []string{"matter.missing", "matter.item_unknown", "matter.digest_invalid"}},
		{name: "turned private, nothing waits for release and no point is left", given: withText, when: move{"1h", desk, Correct{SetRight{Visibility: Private, Reason: dig("r")}}}, then: []string{"corrected", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Visibility != Private || s.Point != nil || s.ReleaseBy.Due != 0 || !w.acts[s.ID][2].Private {
					t.Error(s.Visibility, s.Point, s.ReleaseBy)
				}
			}},
		{name: "of a closed matter too", given: moves(withText, []move{{"1h", ann, Withdraw{}}}), when: move{"2h", desk, Release{Items: []string{dig("text")}}}, then: []string{"released"}, status: StatusClosed},
	})
}
