-- +goose Up
-- Keys that programs and, until sign-in, staff act with. The key itself is not kept.
CREATE TABLE keys (
    realm   TEXT   NOT NULL,
    hash    TEXT   NOT NULL, -- SHA-256 of the key, hex
    use     TEXT   NOT NULL, -- "post" or "open311"
    post    TEXT   NOT NULL, -- the post it acts in; empty for open311
    label   TEXT   NOT NULL,
    made    BIGINT NOT NULL,
    ends    BIGINT NOT NULL, -- 0: until revoked
    revoked BIGINT NOT NULL, -- 0: not revoked
    PRIMARY KEY (realm, hash)
);

-- +goose Down
DROP TABLE keys;
