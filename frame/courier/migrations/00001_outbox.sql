-- +goose Up
CREATE TABLE outbox (
    realm      TEXT   NOT NULL,
    id         TEXT   NOT NULL /* postgres: COLLATE "C" */, -- position of the act and number of the note
    kind       TEXT   NOT NULL,
    recipient  TEXT   NOT NULL, -- a post, a body or a box of the vault; never an address
    data       TEXT   NOT NULL, -- JSON: message key and arguments
    due        BIGINT NOT NULL,
    state      TEXT   NOT NULL, -- waiting, sent, kept, dead
    tries      BIGINT NOT NULL,
    last_error TEXT   NOT NULL,
    PRIMARY KEY (realm, id)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX outbox_waiting ON outbox (realm, due, id) WHERE state = 'waiting';

-- +goose Down
DROP TABLE outbox;
