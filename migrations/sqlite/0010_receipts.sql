-- The PDF of a receipt is typeset whenever it is asked for. Its hash is kept before it is given out, so that anybody who has the
-- file can ask whether it is one: a later program may typeset the same receipt a little differently.
CREATE TABLE receipt_files (
    sha256 TEXT NOT NULL,
    version_id BIGINT NOT NULL REFERENCES versions (id),
    PRIMARY KEY (sha256, version_id)
);
