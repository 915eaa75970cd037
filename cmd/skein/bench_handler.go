package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"skein/cmd/skein/load"
)

// benchHandler is what a report would cost if nothing were done with it.
type benchHandler struct {
	Listen string `default:"127.0.0.1:0" help:"Address to listen on."`
}

func (c *benchHandler) Run(g *global) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ready\n")) })
	mux.HandleFunc("POST /api/matters", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Category, Text, Channel string
			Lat, Lon                float64
			Contact                 struct{ Name, Email, Phone string }
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(load.Receipt{Number: "000-000-0000", Tracking: body.Category})
	})
	server := &http.Server{Addr: c.Listen, Handler: mux}
	go func() {
		<-g.ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		server.Shutdown(ctx)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}
