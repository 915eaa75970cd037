-- +goose Up
-- Keys of boxes are in a store of their own (frame/vault/keystore). vault_keys, vault_masters and vault_derived
-- hold what older versions made, until it is moved there at the next start; afterwards they are empty.
CREATE TABLE vault_boxes (
    realm     TEXT   NOT NULL,
    box       TEXT   NOT NULL /* postgres: COLLATE "C" */,
    scope     TEXT   NOT NULL, -- what the box is of: "matter", "account"
    erased_at BIGINT,
    PRIMARY KEY (realm, box)
);
INSERT INTO vault_boxes (realm, box, scope, erased_at) SELECT realm, box, scope, erased_at FROM vault_keys;

-- Boxes that are erased and whose keys are not yet destroyed.
CREATE TABLE vault_erasing (
    realm TEXT   NOT NULL,
    box   TEXT   NOT NULL /* postgres: COLLATE "C" */,
    at    BIGINT NOT NULL,
    PRIMARY KEY (realm, box)
);

-- Which key store belongs to this database, and how much of its erasure list has been done here.
CREATE TABLE vault_store (
    id TEXT NOT NULL PRIMARY KEY
);
CREATE TABLE vault_reached (
    realm TEXT   NOT NULL PRIMARY KEY,
    n     BIGINT NOT NULL
);

-- After a restoring: what the erasure list may lack. The list reached a log of one size, and a larger one had been seen.
CREATE TABLE vault_gaps (
    realm   TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    reached BIGINT NOT NULL,
    origin  TEXT   NOT NULL,
    seen    BIGINT NOT NULL,
    PRIMARY KEY (realm, at)
);

-- +goose Down
DROP TABLE vault_gaps;
DROP TABLE vault_reached;
DROP TABLE vault_store;
DROP TABLE vault_erasing;
DROP TABLE vault_boxes;
