package chengyue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"skein/frame/civic"
)

// about is what is said of a category.
type about struct {
	Where     string    `yaml:"where"` // town, village or "" for any
	Weight    float64   `yaml:"weight"`
	Months    []float64 `yaml:"months"` // from June on
	Say       []say     `yaml:"say"`
	More      []string  `yaml:"more"`
	Fixed     []string  `yaml:"fixed"`
	Explained []string  `yaml:"explained"`
	Planned   []string  `yaml:"planned"`
}

// say is a report, and which of the answers fit it.
type say struct {
	Told      string `yaml:"told"`
	Fixed     []int  `yaml:"fixed"`
	Explained []int  `yaml:"explained"`
	Planned   []int  `yaml:"planned"`
}

// phrases are all there is to say.
type phrases struct {
	Categories map[civic.Category]*about `yaml:"categories"`
	Generic    struct {
		Times       []string `yaml:"times"`
		Spots       []string `yaml:"spots"`
		Asks        []string `yaml:"asks"`
		Tells       []string `yaml:"tells"`
		Asked       []string `yaml:"asked"`
		Supplied    []string `yaml:"supplied"`
		Contributes []string `yaml:"contributes"`
		Objects     []string `yaml:"objects"`
		Rules       []string `yaml:"rules"`
		RuleLaw     string   `yaml:"rule_law"`
		Extends     []string `yaml:"extends"`
		Pauses      []string `yaml:"pauses"`
		Declines    []string `yaml:"declines"`
		DeclineLaw  string   `yaml:"decline_law"`
		Elsewhere   string   `yaml:"elsewhere"`
		Reopens     []string `yaml:"reopens"`
		Again       []string `yaml:"again"`
		Thanks      []string `yaml:"thanks"`
		Unsolved    []string `yaml:"unsolved"`
		Planned     []string `yaml:"planned"`
		Explained   []string `yaml:"explained"`
		Not         []string `yaml:"not"`
		NotLaw      string   `yaml:"not_law"`
		Appeals     []string `yaml:"appeals"`
	} `yaml:"generic"`
}

func readPhrases() (*phrases, error) {
	p := &phrases{}
	d := yaml.NewDecoder(strings.NewReader(string(table("texts.yaml"))))
	d.KnownFields(true)
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("texts.yaml: %w", err)
	}
	for code, a := range p.Categories {
		if len(a.Months) != 6 || len(a.Say) == 0 || len(a.Fixed)+len(a.Explained) == 0 {
			return nil, fmt.Errorf("texts.yaml: %s lacks months, what is said or what is answered", code)
		}
	}
	return p, nil
}

// codes are the categories in order.
func (p *phrases) codes() []civic.Category { return slices.Sorted(maps.Keys(p.Categories)) }

// roads of each street, and the kinds of estates; all invented.
var (
	roads = strings.Fields("听雨路 霁月街 流萤街 采薇路 鹿鸣街 望舒路 观澜里 云梯巷 拾光路 知微路 映川路 听松巷 枕溪路 栖桐路 晚晴街 疏影路 " +
		"漱玉巷 折桂路 南亩路 半山街 白鹭洲路 青禾路 渔火巷 石桥里 扶摇路 沉香街 竹喧路 莲动巷 归舟路 星垂街 平野路 月涌路 揽秀街 画屏路 新雨巷 空山路")
	estates = []string{"苑", "里小区", "花园", "家园", "新村", "公寓"}
	teams   = []string{"一组", "二组", "三组", "四组", "五组", "六组"}
)

// spoken is where somebody speaks of.
type spoken struct{ road, estate, spot, when string }

// place says which road, estate and spot are near.
func (p *phrases) place(c *chance, community civic.PlaceID, title string, street int) spoken {
	s := spoken{road: roads[(street*4+c.below(4))%len(roads)], spot: pick(c, p.Generic.Spots), when: pick(c, p.Generic.Times)}
	if name, village := strings.CutSuffix(title, "村"); village {
		s.estate = name + "村" + pick(c, teams)
	} else {
		s.estate = strings.TrimSuffix(title, "社区") + estates[(int(community[len(community)-1])+c.below(2))%len(estates)]
	}
	return s
}

func (s spoken) fill(text string) string {
	return strings.NewReplacer("{路}", s.road, "{区}", s.estate, "{点}", s.spot, "{时}", s.when).Replace(text)
}

// told is a report: what it is, sometimes more of it, sometimes what is wanted.
func (p *phrases) told(c *chance, a *about, what say, s spoken) string {
	text := s.fill(what.Told)
	if len(a.More) > 0 && c.maybe(0.5) {
		text += s.fill(pick(c, a.More))
	}
	return text + pick(c, p.Generic.Asks)
}
