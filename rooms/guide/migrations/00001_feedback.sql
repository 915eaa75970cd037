-- +goose Up
-- One row an answer to "did this answer you?". It holds nothing of a person: what is missing is sealed in a box of its own.
CREATE TABLE guide_feedback (
    realm    TEXT   NOT NULL,
    dossier  TEXT   NOT NULL /* postgres: COLLATE "C" */,
    article  TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    missing  TEXT   NOT NULL,
    box      TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX guide_feedback_article ON guide_feedback (realm, article, version, answered);

-- +goose Down
DROP TABLE guide_feedback;
