-- +goose Up
-- One row a document: what it is of, and its tokens.
CREATE TABLE search_docs (
    n     /* sqlite: INTEGER PRIMARY KEY */ /* postgres: BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY */,
    realm TEXT   NOT NULL,
    kind  TEXT   NOT NULL, -- "matter"
    doc   TEXT   NOT NULL /* postgres: COLLATE "C" */,
    sort  BIGINT NOT NULL, -- newer is more
    title TEXT   NOT NULL,
    body  TEXT   NOT NULL
    /* postgres: , tokens TSVECTOR NOT NULL */
);
CREATE UNIQUE INDEX search_docs_doc ON search_docs (realm, kind, doc);
/* postgres: CREATE INDEX search_docs_tokens ON search_docs USING gin (tokens) WITH (fastupdate = off); */
/* sqlite: CREATE VIRTUAL TABLE search_index USING fts5(title, body, content='search_docs', content_rowid='n', tokenize='ascii', prefix='6 7 8 9'); */
/* sqlite: INSERT INTO search_index(search_index, rank) VALUES ('secure-delete', 1); */

-- +goose Down
/* sqlite: DROP TABLE search_index; */
DROP TABLE search_docs;
