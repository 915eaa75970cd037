-- +goose Up
CREATE TABLE outbox (
    realm      TEXT   NOT NULL,
    id         TEXT   NOT NULL /* postgres: COLLATE "C" */, -- position of the act, number of the note
    kind       TEXT   NOT NULL,
    recipient  TEXT   NOT NULL, -- "post:…", "body:…", "box:…"; never an address
    data       TEXT   NOT NULL, -- message key and arguments, codes only
    due        BIGINT NOT NULL, -- realm time, of the next try
    tries      BIGINT NOT NULL, -- made so far
    state      TEXT   NOT NULL, -- waiting, sent, kept, dead
    last_error TEXT   NOT NULL, -- a code and a status, "" for none
    done       BIGINT,          -- realm time when it left waiting
    PRIMARY KEY (realm, id)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX outbox_due ON outbox (realm, due, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (realm, id) WHERE state = 'dead';

-- Which process is the courier of a realm, until when (wall time).
CREATE TABLE courier_leases (
    realm  TEXT   NOT NULL,
    holder TEXT   NOT NULL,
    until  BIGINT NOT NULL,
    PRIMARY KEY (realm)
);

-- +goose Down
DROP TABLE courier_leases;
DROP TABLE outbox;
