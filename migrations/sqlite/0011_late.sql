-- Late is what was sent after the deadline that holds, not after the one that held then.
UPDATE registered SET late = (
    SELECT v.late_reason IS NOT NULL AND v.sent_at >= c.deadline_at FROM versions v JOIN cases c ON c.id = registered.case_id WHERE v.id = registered.version_id
) WHERE late;
