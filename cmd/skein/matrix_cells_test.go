package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"skein/face"
)

// cell tries one route of a matter, a fresh one each time.
func (c *city) cell(method, path string, a about, r role) string {
	c.Helper()
	m := c.report(a.fields())
	if strings.Contains(path, "/sealed/") || strings.Contains(path, "{photo}") {
		c.photo(m)
	}
	name := path[strings.LastIndex(path, "/")+1:]
	to, body := strings.NewReplacer("{number}", m.number, "{digest}", "{photo}", "{n}", "1", "{file}", "skein-data.json").Replace(path), ""
	if strings.Contains(to, "{photo}") {
		digest := c.digests(m)["image/jpeg"]
		if a.name != "private" && a.name != "hidden" && !strings.Contains(path, "/sealed/") {
			c.release(m, digest)
		}
		if to = strings.Replace(to, "{photo}", digest, 1); !strings.Contains(path, "/sealed/") {
			to += ".jpg"
		}
	}
	if method == "POST" {
		switch {
		case strings.HasPrefix(path, "/api/"):
			body = commandBodies[name]
			if body == "" && name != "photos" {
				c.Errorf("POST %s has no row: say in commandBodies what it is sent", path)
			}
		default:
			body = "act=attach&text=t"
		}
	}
	return c.mark(method, to, body, r, &m)
}

// cellOfAppeal tries one route of an appeal, a fresh one each time: of an answer, with the secret word among its reasons.
// Where somebody reviews, the reviewer of the matrix has taken it.
func (c *city) cellOfAppeal(method, path string, a about, r role) string {
	c.Helper()
	m := c.report(a.fields())
	stage(c, m, "answered")
	n := c.appealed(m, "answer", secretWord)
	name := path[strings.LastIndex(path, "/")+1:]
	if name != "take" {
		c.on(201, n, "take", "review/first", nil)
	}
	body := ""
	if method == "POST" {
		if body = "act=ask-hearing"; strings.HasPrefix(path, "/api/") {
			if body = commandBodies[name]; name == "extend" {
				body = commandBodies["recuse"]
			}
			if body == "" {
				c.Errorf("POST %s has no row: say in commandBodies what it is sent", path)
			}
		}
	}
	return c.mark(method, strings.Replace(path, "{appeal}", n, 1), body, r, &m)
}

// cellOfFinding tries one route of a legal review, a fresh one each time.
func (c *city) cellOfFinding(method, path string, r role) string {
	c.Helper()
	f := c.examined("act", c.newestAct(), "Why.")
	body := ""
	if method == "POST" {
		if body = "act=account&text=t"; strings.HasPrefix(path, "/api/") {
			body = map[string]string{"account": `{"text":"t"}`, "find": `{"law":"l","reasons":"r"}`, "respond": `{"text":"t"}`}[path[strings.LastIndex(path, "/")+1:]]
		}
	}
	return c.mark(method, strings.Replace(path, "{finding}", f, 1), body, r, nil)
}

// cellOfRequest tries one route of a request for a legal review, a fresh one each time, with the secret word in it.
func (c *city) cellOfRequest(method, path string, r role) string {
	c.Helper()
	n := c.asksReview("act", c.newestAct(), secretWord).get("request")
	body := ""
	if method == "POST" {
		if body = "act=turn_down&law=l&reasons=r"; strings.HasPrefix(path, "/api/") {
			body = map[string]string{"turn-down": `{"law":"l","reasons":"r"}`, "take-back": `{}`}[path[strings.LastIndex(path, "/")+1:]]
		}
	}
	return c.mark(method, strings.Replace(path, "{request}", n, 1), body, r, nil)
}

// cellOfMerit tries one route of a fault, a fresh one each time: proposed by the desk, or found.
func (c *city) cellOfMerit(method, path string, stands bool, r role) string {
	c.Helper()
	f, _ := c.proposed("fault")
	if stands {
		c.onMerit(201, f, "reply", "pwd/head", object{"text": "t"})
		c.onMerit(201, f, "decide", "coord/chair", foundAtFault)
	}
	body := ""
	if method == "POST" {
		if body = "act=reply&text=t"; strings.HasPrefix(path, "/api/") {
			body = map[string]string{
				"drop": `{}`, "reply": `{"text":"t"}`, "ask-hearing": `{}`, "waive-hearing": `{}`, "call-hearing": `{"at":"2012-03-01T10:00","place":"p"}`, "hold-hearing": `{"record":"r"}`,
				"decide": `{"result":"found","law":"l","facts":"f","reasons":"r"}`, "appeal": `{"ground":"facts_unclear","reason":"r"}`,
			}[path[strings.LastIndex(path, "/")+1:]]
		}
	}
	return c.mark(method, strings.Replace(path, "{merit}", f, 1), body, r, nil)
}

// cellOfMeeting tries one route of a joint meeting, a fresh one each time: called by the coordinating body, on a matter of pwd, which is asked.
func (c *city) cellOfMeeting(method, path string, r role) string {
	c.Helper()
	m := c.report(lamp("They meet."))
	code := c.convened("pwd", m)
	body := ""
	if method == "POST" {
		if body = "act=reply&reply=accepted"; strings.HasPrefix(path, "/api/") {
			body = map[string]string{
				"move": `{"time":"2012-02-02T10:00","minutes":30,"where":"w","reason":"r"}`, "cancel": `{"reason":"r"}`, "reply": `{"reply":"accepted"}`, "minutes": `{"attended":["pwd"],"matters":[]}`, "correct": `{"attended":["pwd"],"matters":[],"reason":"r"}`,
			}[path[strings.LastIndex(path, "/")+1:]]
		}
	}
	return c.mark(method, strings.Replace(path, "{meeting}", code, 1), body, r, nil)
}

func (c *city) door(method, pattern, path, body string, r role) string {
	if path == "" {
		path = pattern
	}
	return c.mark(method, path, body, r, nil)
}

func (c *city) mark(method, path, body string, r role, m *told) string {
	c.Helper()
	body = strings.ReplaceAll(body, "a@b.example", r.name+"@b.example") // nobody else's tries count
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("Accept", "text/html, application/json;q=0.9")
	if strings.HasPrefix(path, "/api/") {
		req.Header.Set("Accept", "application/json")
	}
	switch {
	case strings.HasSuffix(path, "/photos"):
		photo, media := photoForm()
		req.Header.Set("Content-Type", media)
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(photo)), int64(len(photo))
	case strings.HasPrefix(body, "{"):
		req.Header.Set("Content-Type", "application/json")
	case body != "":
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.as(req, m)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	var text bytes.Buffer
	text.ReadFrom(res.Body)
	if bytes.HasPrefix(text.Bytes(), []byte("%PDF-")) {
		text = *bytes.NewBufferString(c.read(text.String()))
	}
	var p face.Problem
	json.Unmarshal(text.Bytes(), &p)
	for _, e := range p.Errors {
		if strings.HasPrefix(e.Key, "face.field_") && method == "POST" && !strings.HasSuffix(path, "/photos") && path != "/sign-in/passkey" && path != "/sign-in/new" {
			c.Errorf("%s %s is sent what cannot be read: %s", method, path, text.String())
		}
	}
	switch res.StatusCode {
	case 401:
		return "?"
	case 403:
		return "-"
	case 404:
		return "0"
	case 429, 500:
		c.Errorf("%s %s as %s: %d %s", method, path, r.name, res.StatusCode, text.String())
	}
	switch {
	case method != "GET":
		return "+"
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return "→" // to sign in, or on
	case strings.Contains(text.String(), secretWord), strings.Contains(path, "/sealed/"):
		return "R"
	}
	return "r"
}

// unknownIsPrivate holds that a private matter and one that does not exist answer alike, so that nobody
// finds out by trying numbers.
func (c *city) unknownIsPrivate(method, path string) {
	c.Helper()
	if method != "GET" && !strings.HasPrefix(path, "/api/") {
		return
	}
	fields := abouts[1].fields()
	m := c.report(fields)
	none := "123-456-7897"
	answer := func(number string) string {
		to := strings.NewReplacer("{number}", number, "{photo}", strings.Repeat("0", 64), "{digest}", strings.Repeat("0", 64), "{n}", "1", "{file}", "skein-data.json").Replace(path)
		body := ""
		if method == "POST" {
			body = commandBodies[path[strings.LastIndex(path, "/")+1:]]
		}
		r, err := http.NewRequest(method, c.url+to, strings.NewReader(body))
		if err != nil {
			c.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		a := c.send(r)
		delete(a.header, "Date")
		return strings.ReplaceAll(fmt.Sprint(a.status, a.header, a.text), number, "N")
	}
	if private, unknown := answer(m.number), answer(none); private != unknown {
		c.Errorf("%s %s tells a private matter from none:\n%s\n%s", method, path, private, unknown)
	}
}
