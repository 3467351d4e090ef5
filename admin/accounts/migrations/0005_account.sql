-- What a person manages of the own account.
-- « Firefox sous Windows », as the browser said at log-in.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
-- Who asked for another password, to slow that down; forgotten after a day.
CREATE TABLE reset_requests (
    id TEXT PRIMARY KEY,
    login_hash TEXT NOT NULL,
    network TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX reset_requests_by_login ON reset_requests (login_hash, at);
CREATE INDEX reset_requests_by_network ON reset_requests (network, at);
CREATE INDEX journal_by_actor ON journal (actor, seq);
CREATE INDEX journal_by_object ON journal (object, seq);
