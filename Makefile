# make            what can be made
# make run        build, fill the demonstration city, serve http://127.0.0.1:8311 (CITY=chengyue: the invented Chinese district)
# make check      what to run before every commit
# make test       everything: both engines, fuzzing, the browser
# make tour       docs/tour: the main pages as pictures, with what each shows (needs Chromium)
# make vulnerabilities   libraries against the databases of weaknesses (asks the network, or VULNDB=file:///…)
# make components        bin/components: the list of all components, CycloneDX and Go's own
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help build run check test bench generate fmt lint clean front prerequisites vulnerabilities components tour

export CGO_ENABLED := 0
export GOTOOLCHAIN := $(shell scripts/toolchain)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LISTEN ?= 127.0.0.1:8311
CITY ?= boston
FUZZTIME ?= 4s
SECONDS_BENCH ?= 20

GO_DIRS := $(wildcard cmd demo face fences frame internal rooms science scripts)
TEMPL := $(shell find $(GO_DIRS) -name '*.templ' 2>/dev/null)
FRONT := face/front/dist/manifest.json
FONT := frame/paper/dist/whole.ttf.gz
STATICCHECK := go tool -modfile=tools/go.mod staticcheck

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile
	@echo "make build      bin/skein"
	@echo "make bench      what it does a second, on both engines"
	@echo "make generate   rewrite generated code;  make fmt  format it;  make clean  remove what was built"

prerequisites:
	@scripts/prerequisites

# ---- build ----

build: prerequisites front bin/.generated
	go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" -o bin/skein ./cmd/skein

front: $(FRONT) $(FONT)

$(FRONT): face/front/build.mjs $(wildcard face/front/src/*) node_modules/.package-lock.json
	@node face/front/build.mjs

$(FONT): frame/paper/font.mjs node_modules/.package-lock.json
	@node frame/paper/font.mjs

node_modules/.package-lock.json: package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

bin/.generated: $(TEMPL) go.mod
	@mkdir -p bin
	@if [ -n "$(TEMPL)" ]; then go tool templ generate -log-level warn; fi
	@touch $@

generate:
	@rm -f bin/.generated
	@$(MAKE) --no-print-directory bin/.generated
	@go generate ./...

run: build
	bin/skein demo --city $(CITY) --data data/$(if $(filter boston,$(CITY)),demo,$(CITY)) --listen $(LISTEN)

tour: build
	node scripts/tour.mjs

# ---- check ----

lint: front
	@unformatted=$$(gofmt -l $(GO_DIRS)); [ -z "$$unformatted" ] || { echo "not formatted, run make fmt:"; echo "$$unformatted"; exit 1; }
	@scripts/drift
	go vet ./...
	$(STATICCHECK) ./...

check: prerequisites lint
	@env -u SKEIN_TEST_POSTGRES -u SKEIN_REQUIRE_ALL go test -short ./...

test: prerequisites
	@scripts/prepare
	@$(MAKE) --no-print-directory build lint
	@FUZZTIME=$(FUZZTIME) scripts/test

bench: build
	@go build -o bin/withpg ./internal/pgtest/withpg
	go test -run '^$$' -bench . -benchtime 1s ./...
	bin/skein bench intake --engine sqlite --clients 16 --seconds $(SECONDS_BENCH)
	bin/withpg bin/skein bench intake --engine postgres --clients 16 --seconds $(SECONDS_BENCH)
	bin/withpg bin/skein bench intake --engine postgres --clients 64 --seconds $(SECONDS_BENCH)

VULNDB ?= https://vuln.go.dev
GOVULNCHECK := go tool -modfile=tools/go.mod govulncheck

vulnerabilities: front
	$(GOVULNCHECK) -db $(VULNDB) ./...
	npm audit

components: build
	@mkdir -p bin/components
	go version -m bin/skein > bin/components/go.txt
	npm sbom --package-lock-only --sbom-format cyclonedx > bin/components/front-end.cdx.json

fmt:
	gofmt -w $(GO_DIRS)
	@if [ -n "$(TEMPL)" ]; then go tool templ fmt -log-level warn $(GO_DIRS); fi

# The demonstration city under data/ stays: it takes a minute to fill, and may hold what you tried out.
clean:
	rm -rf bin test-results node_modules
	find face/front/dist frame/paper/dist -type f ! -name .keep -delete
