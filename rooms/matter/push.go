package matter

import (
	"encoding/base64"
	"net/url"

	"skein/frame/civic"
)

// Push is where and how a browser is told that there is news (RFC 8030, RFC 8291). It points to one browser of one person, so it lies in
// the matter's box with her other contact, and goes with it.
type Push struct {
	Endpoint string `json:"endpoint,omitempty" maxLength:"1000" doc:"Of the browser's push service"`
	Key      string `json:"p256dh,omitempty" maxLength:"100" doc:"The browser's public key, base64url"`
	Auth     string `json:"auth,omitempty" maxLength:"40" doc:"Its authentication secret, base64url"`
	Language string `json:"language,omitempty" maxLength:"35"`
}

// check refuses what no browser gives. An empty one takes a subscription back.
func (p *Push) check(refusals *civic.Refusals) {
	if p.Endpoint == "" && p.Key == "" && p.Auth == "" {
		*p = Push{}
		return
	}
	u, err := url.Parse(p.Endpoint)
	key, badKey := base64.RawURLEncoding.DecodeString(p.Key)
	auth, badAuth := base64.RawURLEncoding.DecodeString(p.Auth)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || len(p.Endpoint) > 1000 || !civic.Plain(p.Endpoint, 1000) ||
		badKey != nil || len(key) != 65 || badAuth != nil || len(auth) != 16 || !civic.Plain(p.Language, 35) {
		*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.push_invalid").In("push"))
	}
}
