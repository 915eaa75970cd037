-- +goose Up
-- The latest time that a watched log's own timestamped signatures said, in seconds.
ALTER TABLE seal_watched ADD COLUMN said BIGINT NOT NULL DEFAULT 0;

-- How the realm's logs stand with the witnesses that are asked.
CREATE TABLE seal_asked (
    realm   TEXT   NOT NULL,
    log     BIGINT NOT NULL,
    witness TEXT   NOT NULL, -- its verifier key
    size    BIGINT NOT NULL, -- leaves of the newest checkpoint that it cosigned for us
    line    TEXT   NOT NULL, -- its cosignature of that checkpoint
    trouble TEXT   NOT NULL, -- why it cosigned nothing when it was asked last, or ""
    seen    BIGINT NOT NULL, -- leaves that it says it saw, where the trouble is about them
    since   BIGINT NOT NULL, -- since when, by the machine's clock
    PRIMARY KEY (realm, log, witness)
);

-- The process that asks.
CREATE TABLE seal_leases (
    realm  TEXT   NOT NULL,
    holder TEXT   NOT NULL,
    until  BIGINT NOT NULL,
    PRIMARY KEY (realm)
);

-- +goose Down
DROP TABLE seal_leases;
DROP TABLE seal_asked;
ALTER TABLE seal_watched DROP COLUMN said;
