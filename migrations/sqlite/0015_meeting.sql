-- In which months a claim of an entry of the ledger meets others, as runs; empty until the next run, which is called for.
ALTER TABLE ledger_parts ADD COLUMN months TEXT NOT NULL DEFAULT '';
UPDATE matching SET wanted = wanted + 1;

-- Copies of a release that claims value at different bases: their amounts are never added or compared, but the copies may be the same.
CREATE TABLE stock_copies (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    -- Which release of the last run, from 0.
    release BIGINT NOT NULL,
    words TEXT NOT NULL,
    claim_id BIGINT NOT NULL REFERENCES claims (id),
    basis TEXT NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (case_id, release, claim_id, basis)
);
CREATE INDEX stock_copies_by_claim ON stock_copies (claim_id);
