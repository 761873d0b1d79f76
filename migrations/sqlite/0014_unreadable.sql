-- Why nobody can read a document, found when it was added: 'password' or 'damaged'.
ALTER TABLE documents ADD COLUMN unreadable TEXT;
