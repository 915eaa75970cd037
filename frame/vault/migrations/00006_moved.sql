-- +goose Up
-- Attachments that were sealed anew under another name: the older file stays for a day, for who is reading or copying it.
CREATE TABLE vault_moved (
    realm TEXT   NOT NULL,
    box   TEXT   NOT NULL /* postgres: COLLATE "C" */,
    blob  TEXT   NOT NULL /* postgres: COLLATE "C" */, -- the older name
    at    BIGINT NOT NULL,
    PRIMARY KEY (realm, box, blob)
);

-- +goose Down
DROP TABLE vault_moved;
