-- Who of the CIG wrote a document here; NULL: an import did. Imports leave what has an author alone.
ALTER TABLE bip_documents ADD COLUMN author TEXT;
ALTER TABLE bip_versions ADD COLUMN author TEXT;
-- When it was replaced or withdrawn; NULL for those kept before this was: the next one came then.
ALTER TABLE bip_versions ADD COLUMN ended_at BIGINT;
CREATE INDEX bip_documents_by_author ON bip_documents (changed_at) WHERE author IS NOT NULL;

INSERT INTO bip_counters (name, value) VALUES ('revisions', 0);

-- What is being written, one draft a document at most.
CREATE TABLE bip_drafts (
    id TEXT PRIMARY KEY,                -- of the document that it is to become
    json TEXT NOT NULL,
    base BIGINT NOT NULL,               -- the write that had brought the document it was begun from; 0: it is new
    revision BIGINT NOT NULL,           -- another at each save, so that nobody overwrites what they have not seen
    author TEXT NOT NULL,               -- who saved it last
    membership TEXT NOT NULL,           -- who saved or planned it: decided about again when it is published by itself
    saved_at BIGINT NOT NULL,
    publish_at BIGINT                   -- when it is published by itself
);
CREATE INDEX bip_drafts_by_publication ON bip_drafts (publish_at) WHERE publish_at IS NOT NULL;

-- Notes of the CIG on texts and decisions; they are no part of the document, which imports go on replacing.
CREATE TABLE bip_notes (
    document TEXT NOT NULL,
    number BIGINT NOT NULL,             -- within the document
    passage TEXT NOT NULL,              -- the words that it is about; empty: all of the document
    body TEXT NOT NULL,                 -- Markdown
    author TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (document, number)
);

-- Questions to which BIP had no answer, without who asked; kept for half a year after they were last asked.
CREATE TABLE bip_unanswered (
    question TEXT PRIMARY KEY,          -- folded, so that it counts once however it is typed
    typed TEXT NOT NULL,                -- as it was typed last
    asked BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX bip_unanswered_by_moment ON bip_unanswered (last_at);
