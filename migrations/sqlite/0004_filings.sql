-- Filings: frozen, numbered, reproducible; their exhibits and files.

-- What counsel set for the filings of a case, as answers of a form.
CREATE TABLE filing_settings (
    case_id BIGINT PRIMARY KEY REFERENCES cases (id),
    answers TEXT NOT NULL,
    saved_at TEXT NOT NULL
);

-- One row a filing, written when all of it is made: there is no half of one.
CREATE TABLE filings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    number BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    -- Canonical JSON and its hash.
    frozen TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    claims BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    suspected BIGINT NOT NULL,
    built_by BIGINT REFERENCES accounts (id),
    built_at TEXT NOT NULL,
    UNIQUE (case_id, number)
);
CREATE INDEX filings_by_hash ON filings (sha256);

-- The files of a filing, in the object store under their hash. A package is the file whose name is ''.
CREATE TABLE filing_files (
    filing_id BIGINT NOT NULL REFERENCES filings (id),
    variant TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (filing_id, variant, name)
);
CREATE INDEX filing_files_by_hash ON filing_files (sha256);

-- Every document that was ever filed: its number and its Bates numbers stay.
CREATE TABLE exhibits (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    exhibit BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    first_bates BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    form TEXT NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (case_id, exhibit),
    UNIQUE (case_id, sha256),
    UNIQUE (case_id, first_bates)
);

-- Builds asked for. One of a case is under way at a time; a lease that ran out is taken over and begun anew.
CREATE TABLE filing_builds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    state TEXT NOT NULL,
    stage TEXT NOT NULL DEFAULT '',
    done BIGINT NOT NULL DEFAULT 0,
    total BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Why it failed and what to mend; empty if it did not.
    failed TEXT NOT NULL DEFAULT '',
    number BIGINT,
    asked_by BIGINT REFERENCES accounts (id),
    asked_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    lease_owner TEXT,
    lease_until TEXT
);
CREATE INDEX filing_builds_by_case ON filing_builds (case_id, id);
CREATE UNIQUE INDEX filing_builds_under_way ON filing_builds (case_id) WHERE state IN ('waiting', 'building');
