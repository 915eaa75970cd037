package main

import (
	"net/url"
	"slices"
	"strings"

	"skein/frame/secret"
)

// secrets holds that no password stands in the settings, and that Skein proves itself to other services by what ends or by a
// certificate, rather than by a word that stays.
func (c *checkCommand) secrets(f *findings, s courierFile) {
	var stand, stay []string
	look := func(name string, x *secret.Secret) {
		if x.Stands() {
			stand = append(stand, name)
		}
		if x.Given() && !x.Renewed() {
			stay = append(stay, name)
		}
	}
	if s.Mail != nil {
		look("courier.json: mail.Password", s.Mail.Password)
		look("courier.json: mail.Token", s.Mail.Token)
	}
	if s.SMS != nil {
		look("courier.json: sms.Bearer", s.SMS.Bearer)
		for name, x := range s.SMS.Secrets {
			look("courier.json: sms.Secrets."+name, x)
		}
		for name := range s.SMS.Headers {
			if told := strings.ToLower(name); told != "idempotency-key" && slices.ContainsFunc([]string{"auth", "key", "token", "secret", "password"}, func(part string) bool { return strings.Contains(told, part) }) {
				stand, stay = append(stand, "courier.json: sms.Headers."+name), append(stay, "courier.json: sms.Headers."+name)
			}
		}
	}
	a := &app{where: c.where}
	if file, _, err := a.signInSettings(); err == nil { // what is wrong with it is said elsewhere
		for _, p := range file.Providers {
			look("signin.json: "+p.Code+".client_secret", p.ClientSecret)
		}
	}
	if u, err := url.Parse(c.source()); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		_, with := u.User.Password()
		if with {
			stand = append(stand, "--database")
		}
		local := u.Host == "" || strings.HasPrefix(u.Host, "/") || strings.HasPrefix(u.Query().Get("host"), "/")
		if with || !local && u.Query().Get("sslcert") == "" {
			stay = append(stay, "--database")
		}
	}
	slices.Sort(stand)
	slices.Sort(stay)
	if len(stand) > 0 {
		f.add(warned, "skein.check_secret_stands", "where", strings.Join(stand, ", "))
	}
	if len(stay) > 0 {
		f.add(warned, "skein.check_secret_stays", "where", strings.Join(stay, ", "))
	}
	if len(stand)+len(stay) == 0 {
		f.add(good, "skein.check_secrets")
	}
}
