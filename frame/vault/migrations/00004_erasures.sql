-- +goose Up
-- What an erasure leaves to be done outside the transaction: a row a blob to delete, and one a box (blob '') until
-- older copies of its rows are gone from the database's own files.
CREATE TABLE vault_erasures (
    realm TEXT NOT NULL,
    box   TEXT NOT NULL /* postgres: COLLATE "C" */,
    blob  TEXT NOT NULL /* postgres: COLLATE "C" */,
    PRIMARY KEY (realm, box, blob)
);

-- Which process cleans up.
CREATE TABLE vault_leases (
    realm  TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    until  BIGINT NOT NULL -- machine time
);

-- +goose Down
DROP TABLE vault_leases;
DROP TABLE vault_erasures;
