package main

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"
)

// Where a browser is told of news lies in the matter's box, is shown to its owner, goes with it, and is in no clear row.
func TestPushSubscription(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		key, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		const endpoint = "https://push.example/quillwort-box"
		fields := map[string]string{
			"act": "notify", "endpoint": endpoint, "p256dh": base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), "auth": base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
		}
		p := c.reader()
		m := p.fill("/report", map[string]string{"once": p.get("/report").once(), "text": "Dark", "category": "street_lights.street_light_outages", "lat": "42.33", "lon": "-71.09"}).receipt(t)
		for _, bad := range []string{"", "http://push.example/x", "https://a@push.example/x", "javascript:alert(1)", "https://"} {
			wrong := map[string]string{"act": "notify", "endpoint": bad, "p256dh": fields["p256dh"], "auth": fields["auth"]}
			if got := p.fill("/matters/"+m.number, wrong); got.status != 422 {
				t.Errorf("%q: %d", bad, got.status)
			}
		}
		if got := c.reader().fill("/matters/"+m.number, fields); got.status != 403 {
			t.Errorf("somebody else's browser: %d", got.status)
		}
		p.fill("/matters/"+m.number, fields).has(t, "A browser of yours is told")
		if strings.Contains(c.stored(), "quillwort-box") {
			t.Error("the endpoint lies in clear")
		}
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "tell", "pwd/head", map[string]any{"text": "Soon"})
		if !strings.Contains(c.stored(), "push:"+string(c.state(m).Reporter)) {
			t.Error("no notice waits")
		}
		p.get("/matters/"+m.number+"/data").has(t, endpoint)
		p.fill("/matters/"+m.number, map[string]string{"act": "notify", "stop": "yes"}).lacks(t, "A browser of yours is told")
		if again := p.fill("/matters/"+m.number, map[string]string{"act": "notify", "stop": "yes"}); again.status != 422 {
			t.Errorf("taken back twice: %d", again.status)
		}
		c.holds()
	})
}
