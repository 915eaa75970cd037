package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/seal"
)

// peers reads DIR/log.json, if there is one: the logs that the realm watches, and the witnesses that it asks.
func (a *app) peers() (seal.Peers, error) {
	path := filepath.Join(a.where.Data, "log.json")
	text, err := readSecret(path)
	if errors.Is(err, os.ErrNotExist) {
		return seal.Peers{}, nil
	}
	if err != nil {
		return seal.Peers{}, err
	}
	return seal.ParsePeers(path, text)
}

// witnesses puts the realm's witness and the asking of others behind a site, as DIR/log.json has it.
func (a *app) witnesses(ctx context.Context, site *face.Site) error {
	peers, err := a.peers()
	if err != nil {
		return err
	}
	c := a.sealing(site.Realm)
	c.Now = func() civic.Instant { return civic.At(time.Now()) }
	if len(peers.Watch) > 0 {
		if site.Witness, err = seal.OpenWitness(ctx, c, peers.Watch); err != nil {
			return err
		}
	}
	if len(peers.Witnesses) > 0 {
		if err := peers.Apart(filepath.Join(a.where.Data, "log.json"), c); err != nil {
			return err
		}
		site.WitnessKeys = func() []string {
			keys := make([]string, len(peers.Witnesses))
			for i := range peers.Witnesses {
				keys[i] = peers.Witnesses[i].Key
			}
			return keys
		}
		site.Asker = seal.NewAsker(seal.Asking{DB: a.db, Realm: c.Realm, Peers: peers, Log: a.log})
	}
	return nil
}
