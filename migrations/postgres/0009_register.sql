-- What the register shows of each claim that was sent: one narrow row, written with every change of what it is made of. Lists and
-- sums of a large case would else read frozen texts and sums by category of every claim.

-- A copy of the case's setting, for what is written beside its claims.
ALTER TABLE cases ADD COLUMN filing_basis TEXT NOT NULL DEFAULT '';
UPDATE cases SET filing_basis = TRIM(COALESCE(settings ->> 'filing_basis', ''));

CREATE TABLE registered (
    claim_id BIGINT PRIMARY KEY REFERENCES claims (id),
    case_id BIGINT NOT NULL REFERENCES cases (id),
    -- The version in force.
    version_id BIGINT NOT NULL REFERENCES versions (id),
    number TEXT NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    claimant TEXT NOT NULL,
    claimant_key TEXT NOT NULL,
    citizenship TEXT NOT NULL,
    submitted_at TIMESTAMPTZ NOT NULL,
    late BOOLEAN NOT NULL,
    -- Of stock, what is valued on the filing basis.
    lines BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    documented BIGINT NOT NULL,
    units BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    suspected BIGINT NOT NULL
);
CREATE INDEX registered_by_time ON registered (case_id, submitted_at, claim_id);
-- Sums of a register are read from this index alone.
CREATE INDEX registered_by_status ON registered (case_id, status, late, lines, amount, documented, units, removed, suspected);

INSERT INTO registered (claim_id, case_id, version_id, number, status, version, claimant, claimant_key, citizenship, submitted_at, late, lines, amount, documented, units, removed, suspected)
SELECT k.id, k.case_id, v.id, k.number, k.status, v.version, v.claimant_name, v.claimant_key, v.citizenship, k.submitted_at, v.late_reason IS NOT NULL,
    COALESCE((SELECT SUM(t.lines) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', 'units_only', c.filing_basis)), 0),
    COALESCE((SELECT SUM(t.amount) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', 'units_only', c.filing_basis)), 0),
    COALESCE((SELECT SUM(t.documented) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', 'units_only', c.filing_basis)), 0),
    COALESCE((SELECT SUM(t.units) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', 'units_only', c.filing_basis)), 0),
    COALESCE((SELECT SUM(r.confirmed) FROM removed r WHERE r.claim_id = k.id), 0),
    COALESCE((SELECT SUM(r.suspected) FROM removed r WHERE r.claim_id = k.id), 0)
FROM claims k JOIN cases c ON c.id = k.case_id JOIN versions v ON v.id = k.in_force_id;

-- Sums of each category of a version are read from this index alone.
CREATE INDEX totals_of_versions ON totals (version_id, category, basis, lines, amount, documented, interest, costs, units);

-- What the submitted claims of a case add up to, kept with every change of one of them.
CREATE TABLE case_totals (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    category TEXT NOT NULL,
    basis TEXT NOT NULL,
    lines BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    documented BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    costs BIGINT NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (case_id, category, basis)
);
INSERT INTO case_totals (case_id, category, basis, lines, amount, documented, interest, costs, units)
SELECT k.case_id, t.category, t.basis, SUM(t.lines), SUM(t.amount), SUM(t.documented), SUM(t.interest), SUM(t.costs), SUM(t.units)
FROM claims k JOIN totals t ON t.version_id = k.in_force_id WHERE k.status = 'submitted' GROUP BY k.case_id, t.category, t.basis;

-- The mails of a claim, which its page shows.
CREATE INDEX outbox_by_claim ON outbox (claim_id, id);
