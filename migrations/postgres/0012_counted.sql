-- Stock without a value is in no total of money, so its lines and units are not among those that stand beside an amount: as what is
-- valued on another basis than the filings use, they are kept beside it.
DROP INDEX registered_by_status;
ALTER TABLE registered ADD COLUMN more_lines BIGINT NOT NULL DEFAULT 0;
ALTER TABLE registered ADD COLUMN more_units BIGINT NOT NULL DEFAULT 0;
UPDATE registered SET
    lines = COALESCE((SELECT SUM(t.lines) FROM totals t, cases c WHERE t.version_id = registered.version_id AND c.id = registered.case_id AND t.basis IN ('', c.filing_basis)), 0),
    units = COALESCE((SELECT SUM(t.units) FROM totals t, cases c WHERE t.version_id = registered.version_id AND c.id = registered.case_id AND t.basis IN ('', c.filing_basis)), 0),
    more_lines = COALESCE((SELECT SUM(t.lines) FROM totals t, cases c WHERE t.version_id = registered.version_id AND c.id = registered.case_id AND t.basis NOT IN ('', c.filing_basis)), 0),
    more_units = COALESCE((SELECT SUM(t.units) FROM totals t, cases c WHERE t.version_id = registered.version_id AND c.id = registered.case_id AND t.basis NOT IN ('', c.filing_basis)), 0);
CREATE INDEX registered_by_status ON registered (case_id, status, late, lines, amount, documented, units, more_lines, more_units, removed, suspected);
