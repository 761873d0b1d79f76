-- Letters of claims: their words by case, those that were made, how far each is, and what is attached to a mail.

-- What counsel set for the letters of a case, as answers of a form.
CREATE TABLE letter_texts (
    case_id BIGINT PRIMARY KEY REFERENCES cases (id),
    answers TEXT NOT NULL,
    saved_at TEXT NOT NULL
);

CREATE TABLE letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    claim_id BIGINT NOT NULL REFERENCES claims (id),
    version_id BIGINT NOT NULL REFERENCES versions (id),
    kind TEXT NOT NULL,
    -- Canonical JSON and its hash. The lines stand in the version, which never changes.
    frozen TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    -- A draft that was written anew stays, but is no longer the letter.
    is_current BOOLEAN NOT NULL DEFAULT TRUE,
    -- How far it is, and since when; a receipt is nowhere.
    state TEXT NOT NULL DEFAULT '',
    since TEXT NOT NULL,
    steps BIGINT NOT NULL DEFAULT 0,
    made_by BIGINT REFERENCES accounts (id),
    made_at TEXT NOT NULL
);
CREATE UNIQUE INDEX letters_current ON letters (claim_id, kind) WHERE is_current AND kind <> 'receipt';
CREATE UNIQUE INDEX letters_receipts ON letters (version_id) WHERE kind = 'receipt';
CREATE INDEX letters_by_case ON letters (case_id, kind, state);

CREATE TABLE letter_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    letter_id BIGINT NOT NULL REFERENCES letters (id),
    state TEXT NOT NULL,
    day TEXT NOT NULL,
    note TEXT NOT NULL,
    is_correction BOOLEAN NOT NULL,
    entered_by BIGINT REFERENCES accounts (id),
    entered_at TEXT NOT NULL
);
CREATE INDEX letter_steps_by_letter ON letter_steps (letter_id, id);

-- Letters that go with a mail; they are typeset when it leaves.
CREATE TABLE mail_letters (
    mail_id BIGINT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    letter_id BIGINT NOT NULL REFERENCES letters (id),
    PRIMARY KEY (mail_id, letter_id)
);
