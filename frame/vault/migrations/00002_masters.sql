-- +goose Up
-- The master keys under which something is: one, and while it is replaced two. Nothing can be put under a
-- key that has no row, and a row cannot go while anything is under it.
CREATE TABLE vault_masters (
    id    TEXT   NOT NULL PRIMARY KEY, -- of the key, as in the first line of its file
    since BIGINT NOT NULL
);

ALTER TABLE vault_keys ADD COLUMN master TEXT REFERENCES vault_masters (id); -- NULL: erased

-- Keys that were derived from a master key and outlive it, under the one of today.
CREATE TABLE vault_derived (
    realm   TEXT  NOT NULL,
    purpose TEXT  NOT NULL,
    master  TEXT  NOT NULL REFERENCES vault_masters (id),
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (realm, purpose)
);

-- +goose Down
DROP TABLE vault_derived;
ALTER TABLE vault_keys DROP COLUMN master;
DROP TABLE vault_masters;
