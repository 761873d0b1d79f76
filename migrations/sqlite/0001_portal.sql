-- Accounts, cases, claims, documents, mail: the portal.

CREATE TABLE installation (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    administrator BOOLEAN NOT NULL DEFAULT FALSE,
    verified_at TEXT,
    disabled_at TEXT,
    created_at TEXT NOT NULL,
    -- Hash of the key of the form that made it: the form sent twice makes one account.
    registered_with TEXT UNIQUE
);

-- An address is unique among those who proved that it is theirs: somebody may begin with an address before proving it, and no
-- answer of the site tells whether it is taken.
CREATE UNIQUE INDEX accounts_by_verified_email ON accounts (email_key) WHERE verified_at IS NOT NULL;
CREATE INDEX accounts_by_email ON accounts (email_key);

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    email TEXT,
    case_id BIGINT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
);
CREATE INDEX tokens_by_account ON tokens (account_id, purpose);

CREATE TABLE sessions (
    id_hash TEXT PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    data TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    client TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE attempts (
    key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at TEXT NOT NULL
);

CREATE TABLE cases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    deadline_at TEXT NOT NULL,
    is_public BOOLEAN NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    last_claim BIGINT NOT NULL DEFAULT 0,
    event_count BIGINT NOT NULL DEFAULT 0,
    event_head TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);

CREATE TABLE case_counsel (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    appointed_at TEXT NOT NULL,
    PRIMARY KEY (case_id, account_id)
);
CREATE INDEX case_counsel_by_account ON case_counsel (account_id);

CREATE TABLE case_documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    added_at TEXT NOT NULL,
    UNIQUE (case_id, sha256)
);

CREATE TABLE claimants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE account_claimants (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    claimant_id BIGINT NOT NULL REFERENCES claimants (id),
    capacity TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (account_id, claimant_id)
);
CREATE INDEX account_claimants_by_claimant ON account_claimants (claimant_id);

-- One claim per claimant and case.
CREATE TABLE claims (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    claimant_id BIGINT NOT NULL REFERENCES claimants (id),
    number TEXT UNIQUE,
    status TEXT NOT NULL,
    in_force_id BIGINT,
    draft_id BIGINT,
    submitted_at TEXT,
    changed_at TEXT NOT NULL,
    withdrawn_reason TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (case_id, claimant_id)
);
CREATE INDEX claims_by_claimant ON claims (claimant_id);
CREATE INDEX claims_by_status ON claims (case_id, status, submitted_at);

CREATE TABLE versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    claim_id BIGINT NOT NULL REFERENCES claims (id),
    version BIGINT NOT NULL,
    frozen TEXT,
    sha256 TEXT,
    created_at TEXT NOT NULL,
    sent_at TEXT,
    sent_by BIGINT REFERENCES accounts (id),
    -- What a register shows of the claimant as signed.
    claimant_name TEXT NOT NULL DEFAULT '',
    -- The name in small letters of every script, to be searched and sorted: SQLite's LOWER knows ASCII only.
    claimant_key TEXT NOT NULL DEFAULT '',
    citizenship TEXT NOT NULL DEFAULT '',
    late_reason TEXT,
    UNIQUE (claim_id, version)
);
CREATE INDEX versions_by_hash ON versions (sha256);

CREATE TABLE answers (
    version_id BIGINT NOT NULL REFERENCES versions (id),
    step TEXT NOT NULL,
    answers TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (version_id, step)
);

-- Answers as typed; the columns beside them are filled where the answers are right, else NULL. Amounts are minor units.
CREATE TABLE lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id BIGINT NOT NULL REFERENCES versions (id),
    line BIGINT NOT NULL,
    category TEXT NOT NULL,
    answers TEXT NOT NULL,
    is_right BOOLEAN NOT NULL,
    currency TEXT,
    amount BIGINT,
    rate TEXT,
    case_amount BIGINT,
    case_interest BIGINT,
    case_costs BIGINT,
    basis TEXT,
    period_from TEXT,
    period_to TEXT,
    gtin TEXT,
    aggregator_gtin TEXT,
    catalogue_number TEXT,
    isrc TEXT,
    artist TEXT,
    title TEXT,
    label TEXT,
    format TEXT,
    channel TEXT,
    units BIGINT,
    citations BIGINT NOT NULL DEFAULT 0,
    UNIQUE (version_id, line)
);
CREATE INDEX lines_by_category ON lines (version_id, category, line);

CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    claim_id BIGINT NOT NULL REFERENCES claims (id),
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    pages BIGINT,
    proves TEXT NOT NULL DEFAULT '',
    uploaded_by BIGINT NOT NULL REFERENCES accounts (id),
    uploaded_at TEXT NOT NULL,
    -- Versions of the claim in which it was added and, if it was, taken away.
    added_in BIGINT NOT NULL,
    removed_in BIGINT,
    UNIQUE (claim_id, sha256, added_in)
);
CREATE INDEX documents_by_hash ON documents (sha256);

CREATE TABLE evidence (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    line_id BIGINT NOT NULL REFERENCES lines (id),
    document_id BIGINT NOT NULL REFERENCES documents (id),
    place TEXT NOT NULL DEFAULT '',
    UNIQUE (line_id, document_id, place)
);
CREATE INDEX evidence_by_document ON evidence (document_id);

-- Sums of a sent version, written when it is frozen. Basis is empty but for held inventory.
CREATE TABLE totals (
    version_id BIGINT NOT NULL REFERENCES versions (id),
    category TEXT NOT NULL,
    basis TEXT NOT NULL,
    lines BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    documented BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    costs BIGINT NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (version_id, category, basis)
);

-- One hash chain per case; rows are only ever added.
CREATE TABLE events (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    seq BIGINT NOT NULL,
    at TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    claim_id BIGINT REFERENCES claims (id),
    kind TEXT NOT NULL,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
);
CREATE INDEX events_by_claim ON events (claim_id, seq);

-- Mail: written with its cause, carried out by a worker.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT REFERENCES cases (id),
    claim_id BIGINT REFERENCES claims (id),
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    next_at TEXT NOT NULL,
    give_up_at TEXT NOT NULL,
    lease_until TEXT,
    lease_owner TEXT,
    sent_at TEXT
);
CREATE INDEX outbox_waiting ON outbox (state, next_at);

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mail_id BIGINT NOT NULL REFERENCES outbox (id),
    at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX deliveries_by_mail ON deliveries (mail_id);

-- The same form sent twice gives the same answer.
CREATE TABLE submissions (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    key TEXT NOT NULL,
    action TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (account_id, key)
);

-- Recurring work, done by one process at a time.
CREATE TABLE jobs (
    name TEXT PRIMARY KEY,
    next_at TEXT NOT NULL,
    lease_until TEXT,
    lease_owner TEXT,
    last_at TEXT,
    last_error TEXT NOT NULL DEFAULT ''
);
