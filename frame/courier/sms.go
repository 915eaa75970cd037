package courier

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"skein/frame/civic"
	"skein/frame/outward"
	"skein/frame/secret"
)

// SMSConfig describes an SMS gateway that takes an HTTP POST. Values of Fields and
// Headers may hold {to}, {text} and {id}.
type SMSConfig struct {
	URL     string
	Format  string            // "json" (also ""): an object of texts; "form": a web form
	Fields  map[string]string // {"to": "{to}", "message": "{text}", "ref": "{id}"}
	Headers map[string]string // {"Idempotency-Key": "{id}"}
	// Secrets are headers with what nobody else may know: {"X-Key": {"command": [...]}}. Bearer is that of RFC 6750.
	Secrets map[string]*secret.Secret
	Bearer  *secret.Secret
}

// SMS sends by a gateway that the operator chose, which may be on a private address.
type SMS struct {
	config SMSConfig
	client *http.Client
}

// NewSMS checks the settings. Refusal: courier.sms_settings, naming the one at fault.
func NewSMS(c SMSConfig) (*SMS, error) {
	refuse := func(setting string) (*SMS, error) {
		return nil, civic.Refuse(civic.Invalid, "courier.sms_settings", "setting", setting)
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return refuse("url")
	}
	if c.Format != "" && c.Format != "json" && c.Format != "form" {
		return refuse("format")
	}
	var all strings.Builder
	for _, v := range c.Fields {
		all.WriteString(v)
	}
	if !strings.Contains(all.String(), "{to}") || !strings.Contains(all.String(), "{text}") {
		return refuse("fields")
	}
	return &SMS{config: c, client: outward.Client(false)}, nil
}

// Telephone reports whether a number is one that a gateway can be given.
func Telephone(number string) bool { return telephone.MatchString(number) }

// telephone is an international number (ITU-T E.164).
var telephone = regexp.MustCompile(`^\+?[1-9][0-9]{4,14}$`)

// Deliver posts one message. Spaces, dashes, dots and brackets in the number are dropped.
func (s *SMS) Deliver(ctx context.Context, m Message) error {
	to := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(strings.TrimPrefix(m.To.To, "tel:"))
	if !telephone.MatchString(to) {
		return &Failure{Key: "courier.bad_address", Permanent: true}
	}
	fill := strings.NewReplacer("{to}", to, "{text}", m.Text, "{id}", m.ID)
	fields := make(map[string]string, len(s.config.Fields))
	form := url.Values{}
	for name, value := range s.config.Fields {
		fields[name] = fill.Replace(value)
		form.Set(name, fields[name])
	}
	media, body := "application/x-www-form-urlencoded", form.Encode()
	if s.config.Format != "form" {
		text, err := json.Marshal(fields)
		if err != nil {
			return &Failure{Key: "courier.note_unreadable", Permanent: true, Cause: err}
		}
		media, body = "application/json", string(text)
	}
	header := map[string]string{DeliveryHeader: m.ID}
	fillHeader := strings.NewReplacer("{to}", to, "{text}", oneLine(m.Text), "{id}", m.ID)
	for name, value := range s.config.Headers {
		header[name] = fillHeader.Replace(value)
	}
	secrets := maps.Clone(s.config.Secrets)
	if s.config.Bearer.Given() {
		if secrets == nil {
			secrets = map[string]*secret.Secret{}
		}
		secrets["Authorization"] = s.config.Bearer
	}
	for name, from := range secrets {
		value, err := from.Value(ctx)
		if err != nil {
			return &Failure{Key: "courier.no_secret_given", Cause: err}
		}
		if from == s.config.Bearer {
			value = "Bearer " + value
		}
		header[name] = value
	}
	err := post(ctx, s.client, s.config.URL, media, header, body)
	if err != nil {
		for _, from := range secrets {
			from.Renew() // a token may have ended early
		}
	}
	return err
}
