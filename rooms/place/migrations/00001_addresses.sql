-- +goose Up
-- Where what is written on doors and signs lies: a list that an operator imports whole. No journal makes it.
CREATE TABLE place_addresses (
    realm   TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    address TEXT   NOT NULL,
    also    TEXT   NOT NULL,
    zip     TEXT   NOT NULL,
    lat_e6  BIGINT NOT NULL,
    lon_e6  BIGINT NOT NULL,
    whole   BIGINT NOT NULL,
    PRIMARY KEY (realm, n)
) /* sqlite: WITHOUT ROWID */;

-- One row a realm: the next import has the next version, so that a server that runs sees it.
CREATE TABLE place_gazetteers (
    realm    TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    imported BIGINT NOT NULL,
    PRIMARY KEY (realm)
) /* sqlite: WITHOUT ROWID */;

-- +goose Down
DROP TABLE place_gazetteers;
DROP TABLE place_addresses;
