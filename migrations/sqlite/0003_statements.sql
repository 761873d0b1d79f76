-- Statements of distributors and services, from the upload to the lines that they became.

-- A file that is being looked at (open), that became lines (done), or whose lines a corrected file replaced (replaced).
-- `reading` is what was understood of it; it is NULL while the file is read, and after it was refused.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    claim_id BIGINT NOT NULL REFERENCES claims (id),
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    state TEXT NOT NULL,
    choices TEXT NOT NULL,
    reading TEXT,
    difference TEXT,
    refused TEXT NOT NULL DEFAULT '',
    replaces BIGINT REFERENCES imports (id),
    document_id BIGINT REFERENCES documents (id) ON DELETE SET NULL,
    started_by BIGINT NOT NULL REFERENCES accounts (id),
    started_at TEXT NOT NULL,
    read_since TEXT,
    done_at TEXT
);
CREATE INDEX imports_by_claim ON imports (claim_id, id);
CREATE INDEX imports_by_hash ON imports (sha256);

-- The lines that a statement became, by their number in the claim, which stays the same over versions.
CREATE TABLE import_lines (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    line BIGINT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
) WITHOUT ROWID;

-- Every row that is part of a line, as in the file: the amount in millionths, not rounded.
CREATE TABLE statement_rows (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    row_number BIGINT NOT NULL,
    line BIGINT NOT NULL,
    units BIGINT NOT NULL,
    millionths BIGINT NOT NULL,
    PRIMARY KEY (import_id, row_number)
) WITHOUT ROWID;

-- What a claimant said of the columns of an unknown layout, by the hash of its header. Others of the case are offered it.
CREATE TABLE statement_mappings (
    claimant_id BIGINT NOT NULL REFERENCES claimants (id),
    header_hash TEXT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    choices TEXT NOT NULL,
    kept_at TEXT NOT NULL,
    PRIMARY KEY (claimant_id, header_hash)
);
CREATE INDEX statement_mappings_by_header ON statement_mappings (case_id, header_hash);
