-- Notices: what counsel and claimants are told, and the mail that counsel write.

-- What somebody is to be told of: one row a thing, written with its cause or by the job that finds it. The key names the
-- thing, so a threshold that is crossed to and fro is told of once, whatever restarts.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    details TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (case_id, key)
);

-- What waits for somebody's next digest.
CREATE TABLE digest_items (
    notice_id BIGINT NOT NULL REFERENCES notices (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    case_id BIGINT NOT NULL REFERENCES cases (id),
    PRIMARY KEY (notice_id, account_id)
);
CREATE INDEX digest_items_by_account ON digest_items (case_id, account_id);

-- The last digest of each person and case: its day in the zone of the case, and the figures it gave.
CREATE TABLE digests (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    case_id BIGINT NOT NULL REFERENCES cases (id),
    day TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (account_id, case_id)
);

-- How somebody wants to be told, by case and kind; what is not here is as the program begins.
CREATE TABLE notice_preferences (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    case_id BIGINT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    way TEXT NOT NULL,
    PRIMARY KEY (account_id, case_id, kind)
);

-- Mails that counsel wrote to many at once.
CREATE TABLE mailings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    about TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    -- The filter of the register by which the recipients were chosen, in words.
    recipients TEXT NOT NULL,
    per_hour BIGINT NOT NULL,
    mails BIGINT NOT NULL,
    queued_by BIGINT REFERENCES accounts (id),
    queued_at TEXT NOT NULL,
    stopped_at TEXT,
    stopped_by BIGINT REFERENCES accounts (id)
);
CREATE INDEX mailings_by_case ON mailings (case_id, id);

-- Texts that counsel keep for a case.
CREATE TABLE mail_templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    saved_by BIGINT REFERENCES accounts (id),
    saved_at TEXT NOT NULL,
    UNIQUE (case_id, name)
);

-- News of a case, as its public page shows them.
CREATE TABLE news (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_by BIGINT REFERENCES accounts (id),
    published_at TEXT NOT NULL,
    mailing_id BIGINT REFERENCES mailings (id)
);
CREATE INDEX news_by_case ON news (case_id, id);

-- Whose mail it is, so that they can read it in the portal; which mailing it is of; and the address that ends such mails.
ALTER TABLE outbox ADD COLUMN account_id BIGINT REFERENCES accounts (id);
ALTER TABLE outbox ADD COLUMN mailing_id BIGINT REFERENCES mailings (id);
ALTER TABLE outbox ADD COLUMN unsubscribe TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_by_account ON outbox (account_id, id);
CREATE INDEX outbox_by_case ON outbox (case_id, state, id);
CREATE INDEX outbox_by_mailing ON outbox (mailing_id);
