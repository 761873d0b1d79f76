-- Who is the same claimant, what is the same money, and what people said of it.

-- How matching stands in a case. A change that calls for a run adds one to `wanted` in its own transaction; a run that read
-- the case after `n` changes sets `ran` to n. Work is due while the two differ.
CREATE TABLE matching (
    case_id BIGINT PRIMARY KEY REFERENCES cases (id),
    wanted BIGINT NOT NULL DEFAULT 0,
    ran BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until TEXT,
    started_at TEXT,
    finished_at TEXT,
    phase TEXT NOT NULL DEFAULT '',
    -- Thousandths of the phase that are done.
    share BIGINT NOT NULL DEFAULT 0,
    failed TEXT NOT NULL DEFAULT '',
    engine TEXT NOT NULL DEFAULT '',
    claims BIGINT NOT NULL DEFAULT 0,
    lines BIGINT NOT NULL DEFAULT 0,
    -- Members, each counted once: if everything suspected is one, and if nothing suspected is.
    members_least BIGINT NOT NULL DEFAULT 0,
    members_most BIGINT NOT NULL DEFAULT 0
);

-- Sent versions of which counsel was not told yet: the mail says what the claim resembles.
CREATE TABLE untold (
    version_id BIGINT PRIMARY KEY REFERENCES versions (id),
    case_id BIGINT NOT NULL REFERENCES cases (id)
);
CREATE INDEX untold_by_case ON untold (case_id);

-- Distinct descriptions of releases in the lines of a case; `release_id` is the oldest description of the same release.
CREATE TABLE releases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    key TEXT NOT NULL,
    words TEXT NOT NULL,
    release_id BIGINT NOT NULL DEFAULT 0,
    UNIQUE (case_id, key)
);
CREATE INDEX releases_by_release ON releases (release_id);

-- Pairs of claims that the engine found. Scores are thousandths of a bit.
CREATE TABLE matches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    claim_a BIGINT NOT NULL REFERENCES claims (id),
    claim_b BIGINT NOT NULL REFERENCES claims (id),
    score BIGINT NOT NULL,
    decision TEXT NOT NULL,
    engine TEXT NOT NULL,
    explanation TEXT NOT NULL,
    -- The smaller of the two claims: the most that could be counted twice, in minor units.
    stake BIGINT NOT NULL,
    found_at TEXT NOT NULL,
    UNIQUE (claim_a, claim_b)
);
CREATE INDEX matches_by_case ON matches (case_id, stake);
CREATE INDEX matches_by_b ON matches (claim_b);

-- What people said of two claims. One decision is in force at a time; earlier ones stay, undone.
CREATE TABLE match_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    claim_a BIGINT NOT NULL REFERENCES claims (id),
    claim_b BIGINT NOT NULL REFERENCES claims (id),
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- What the engine said when it was decided.
    engine TEXT NOT NULL,
    score BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    at TEXT NOT NULL,
    undone_at TEXT,
    undone_by BIGINT REFERENCES accounts (id)
);
CREATE UNIQUE INDEX match_decisions_in_force ON match_decisions (claim_a, claim_b) WHERE undone_at IS NULL;
CREATE INDEX match_decisions_by_case ON match_decisions (case_id, at);

-- The ledger: a release in one channel over all months in which more than one claim claims it. Months count from year 0.
-- Lump sums have release 0.
CREATE TABLE ledger_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    family TEXT NOT NULL,
    release_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    words TEXT NOT NULL,
    first_month BIGINT NOT NULL,
    last_month BIGINT NOT NULL,
    months BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    suspected BIGINT NOT NULL,
    over_whole BOOLEAN NOT NULL,
    contradictory BOOLEAN NOT NULL,
    UNIQUE (case_id, family, release_id, channel)
);
CREATE INDEX ledger_entries_by_money ON ledger_entries (case_id, suspected, confirmed);

CREATE TABLE ledger_parts (
    entry_id BIGINT NOT NULL REFERENCES ledger_entries (id) ON DELETE CASCADE,
    claim_id BIGINT NOT NULL REFERENCES claims (id),
    gross BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    suspected BIGINT NOT NULL,
    -- Whose money the confirmed part is.
    through_id BIGINT REFERENCES claims (id),
    PRIMARY KEY (entry_id, claim_id)
);
CREATE INDEX ledger_parts_by_claim ON ledger_parts (claim_id);

-- What people said of the money of two claims in one release, or in all they share (release 0).
CREATE TABLE overlap_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    claim_a BIGINT NOT NULL REFERENCES claims (id),
    claim_b BIGINT NOT NULL REFERENCES claims (id),
    release_id BIGINT NOT NULL,
    relation TEXT NOT NULL,
    -- For a derivative: the claim whose money the other's is part of.
    of_claim BIGINT REFERENCES claims (id),
    reason TEXT NOT NULL,
    engine TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    at TEXT NOT NULL,
    undone_at TEXT,
    undone_by BIGINT REFERENCES accounts (id)
);
CREATE UNIQUE INDEX overlap_decisions_in_force ON overlap_decisions (claim_a, claim_b, release_id) WHERE undone_at IS NULL;
CREATE INDEX overlap_decisions_by_case ON overlap_decisions (case_id, at);

-- What the ledger takes off each claim, by category, in minor units of the case's currency.
CREATE TABLE removed (
    claim_id BIGINT NOT NULL REFERENCES claims (id),
    category TEXT NOT NULL,
    confirmed BIGINT NOT NULL,
    suspected BIGINT NOT NULL,
    PRIMARY KEY (claim_id, category)
);
