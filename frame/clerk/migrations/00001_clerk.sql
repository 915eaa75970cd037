-- +goose Up
CREATE TABLE realms (
    realm    TEXT NOT NULL,
    settings TEXT NOT NULL, -- JSON
    PRIMARY KEY (realm)
);

-- How far each follower of the journal has come.
CREATE TABLE cursors (
    realm    TEXT   NOT NULL,
    follower TEXT   NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (realm, follower)
);

-- +goose Down
DROP TABLE cursors;
DROP TABLE realms;
