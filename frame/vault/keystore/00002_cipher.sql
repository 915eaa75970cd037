-- +goose Up
-- The cipher by which is sealed from now on; the newest row counts, none is AES-256-GCM. What is sealed names its own.
CREATE TABLE key_cipher (
    n      BIGINT NOT NULL PRIMARY KEY,
    cipher TEXT   NOT NULL,
    since  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE key_cipher;
