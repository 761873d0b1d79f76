-- Counts the edits of a draft: the page on which it is signed carries the count, so that nothing is signed that it did not show.
ALTER TABLE versions ADD COLUMN edits BIGINT NOT NULL DEFAULT 0;
