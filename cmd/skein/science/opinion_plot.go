package science

import (
	"skein/face/chart"
	"skein/face/words"
	"skein/science/opinion"
)

// mostDots is how many participants are drawn at most; of more, every so-manieth.
const mostDots = 2000

// picture draws both maps side by side.
func (a answers) picture(v words.Voice) []byte {
	d := &Desk{Voice: v}
	polis := scatter(v, a.polis, v.Say("science.opinion_plot_polis", "k", a.polis.K))
	steady := scatter(v, a.steady, v.Say("science.opinion_plot_steady"))
	steady.Desc = v.Join(verdict(d, a.steady), steady.Desc)
	return chart.Beside{
		Frame:    chart.Frame{Title: v.Say("science.opinion_plot"), Desc: v.Say("science.opinion_plot_desc"), Lang: v.Lang},
		Pictures: [][]byte{polis.SVG(), steady.SVG()},
	}.SVG()
}

func scatter(v words.Voice, m *opinion.Map, title string) chart.Scatter {
	const half = 520
	c := chart.Scatter{
		Frame: chart.Frame{Title: title, X: v.Say("science.opinion_x"), Y: v.Say("science.opinion_y"), Lang: v.Lang, Width: half},
		Hulls: true, Square: true,
	}
	every := (len(m.In) + mostDots - 1) / mostDots
	for n, i := range m.In {
		if n%every == 0 {
			p := m.Participants[i]
			c.Points = append(c.Points, chart.Point{X: p.At.X, Y: p.At.Y, Group: p.Group})
		}
	}
	var speaks []string
	for g, group := range m.Groups {
		name := v.Say("science.opinion_plot_group", "group", g, "n", len(group.Members))
		c.Groups = append(c.Groups, name)
		speaks = append(speaks, name)
	}
	c.Desc = v.Join(v.Say("science.opinion_plot_dots", "drawn", len(c.Points), "in", len(m.In)), v.Value(speaks))
	return c
}
