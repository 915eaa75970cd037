-- +goose Up
-- One row a request for a legal review. It names nobody; what somebody wrote is in the vault.
CREATE TABLE review_requests (
    realm   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    subject TEXT   NOT NULL,
    thing   TEXT   NOT NULL,
    status  TEXT   NOT NULL,
    asked   BIGINT NOT NULL,
    due     BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX review_requests_status ON review_requests (realm, status, due, dossier);
CREATE INDEX review_requests_thing ON review_requests (realm, subject, thing);

-- +goose Down
DROP TABLE review_requests;
