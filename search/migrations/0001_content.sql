-- BIP's content: what every node's index is made of. JSON as in the import format; times are Unix seconds.
CREATE TABLE bip_counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
-- `changes` numbers the writes: its row is locked until a write is committed, so that numbers become visible
-- in their order. `epoch` is raised to have every node make its index anew.
INSERT INTO bip_counters (name, value) VALUES ('changes', 0), ('epoch', 1);

CREATE TABLE bip_documents (
    id TEXT PRIMARY KEY,
    change BIGINT NOT NULL,             -- the write that brought it, or withdrew it
    json TEXT,                          -- NULL: withdrawn
    changed_at BIGINT NOT NULL
);
CREATE INDEX bip_documents_by_change ON bip_documents (change, id);

-- What a document was before it was replaced or withdrawn.
CREATE TABLE bip_versions (
    id TEXT NOT NULL,
    change BIGINT NOT NULL,             -- the write that had brought it
    json TEXT NOT NULL,
    changed_at BIGINT NOT NULL,         -- when it was brought
    PRIMARY KEY (id, change)
);
