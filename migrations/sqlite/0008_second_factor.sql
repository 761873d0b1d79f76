-- A second factor at sign-in: time-based codes (RFC 6238), and codes to get in without the device.

CREATE TABLE second_factors (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    -- 20 bytes in base 32. The codes follow from it, so it cannot be kept as a hash.
    secret TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    -- Empty until a first code showed that the device knows the secret; before that nothing is asked of anybody.
    confirmed_at TEXT,
    -- The last step of 30 seconds whose code was used: each works once.
    last_step BIGINT NOT NULL DEFAULT 0
);

-- Hashes; each code works once.
CREATE TABLE recovery_codes (
    hash TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    used_at TEXT
);
CREATE INDEX recovery_codes_by_account ON recovery_codes (account_id);

-- Whether counsel of a case must have a second factor: a copy of its setting, because every request of counsel asks.
ALTER TABLE cases ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;
