package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/face/front"
	"skein/frame/civic"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

// jointly adopts a list by which two bodies give their opinions on dark lamps.
func (c *city) jointly() {
	c.Helper()
	versions := c.must(200, "GET", "/api/duties/versions", "", nil).json["versions"].([]any)
	list := c.must(200, "GET", fmt.Sprintf("/api/duties/versions/%v.csv", versions[len(versions)-1].(map[string]any)["version"]), "", nil).text
	const row = ",street_lights.street_light_outages,boston,pwd,"
	if strings.Count(list, row+",") != 1 {
		c.Fatal("the list has no row of dark lamps")
	}
	c.must(201, "POST", "/api/duties", "coord/chair", object{"format": "csv", "document": strings.Replace(list, row, row+"park:2wd; btdt:2wd", 1), "effective": c.now.Add(2 * day).In(c.site.Zone()).Format(time.DateOnly)})
	c.turn(3 * day)
}

// Bodies that answer together, by keyboard alone: joint opinions stand beside each other for the lead and nobody else, and minutes of a joint
// meeting are corrected, of which what was kept within stays so until somebody ticks that it is shown.
func TestJointWorkInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 60)
	c.site.PublicURL = c.url
	c.jointly()
	var ways []object
	for _, lang := range []string{"en", "zh-Hans"} {
		for _, script := range []bool{true, false} {
			width, scheme := 1280, "light"
			if script == (lang == "zh-Hans") {
				width, scheme = 360, "dark"
			}
			asked, met := c.report(lamp("Whose lamp is it?")), c.report(lamp("Two poles."))
			stage(c, asked, "working")
			meeting := c.convened("pwd", met)
			c.held(meeting, met)
			ways = append(ways, object{
				"lang": lang, "asked": asked.number, "met": met.number, "meeting": meeting,
				"browser": object{"javaScriptEnabled": script, "width": width, "scheme": scheme, "viewport": object{"width": width, "height": 900}},
			})
		}
	}
	keys := object{}
	for name, post := range map[string]string{"lead": "pwd/head", "park": "park/head", "traffic": "btdt/head", "chair": "coord/chair"} {
		keys[name] = c.key(civic.PostID(post))
	}
	told, err := json.Marshal(object{"address": c.url, "keys": keys, "ways": ways})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "joint.json")
	if err := os.WriteFile(file, told, 0o600); err != nil {
		t.Fatal(err)
	}
	c.reactingWhile(func() { browser.Run(t, "joint_test.mjs", file) })
	c.holds()
}
