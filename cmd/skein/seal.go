package main

import (
	"context"
	"net/url"
	"strings"

	"skein/frame/clerk"
	"skein/frame/seal"
)

// sealer opens the log of a realm; with the first opening it is made.
func (a *app) sealer(ctx context.Context, realm *clerk.Realm) (*seal.Sealer, error) {
	return seal.Open(ctx, a.sealing(realm))
}

func (a *app) sealing(realm *clerk.Realm) seal.Config {
	return seal.Config{
		DB: a.db, Realm: realm.ID, Folder: a.where.keys(), Host: hostOf(realm.View().Settings.PublicURL), Now: realm.Now, Log: a.log,
	}
}

// hostOf is what origins of logs begin with: an address without its scheme.
func hostOf(public string) string {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" {
		return "localhost"
	}
	return strings.TrimSuffix(u.Host+u.EscapedPath(), "/")
}
