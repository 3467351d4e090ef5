-- Yearly reviews of rights: who had which rights was written down when a review was opened, and stays
-- as it was.
CREATE TABLE access_reviews (
    id TEXT PRIMARY KEY,                -- COLLECTIVITE/…
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    opened_at BIGINT NOT NULL,
    opened_by TEXT NOT NULL,            -- an account's id, like all that decides here
    due_at BIGINT NOT NULL,
    reminders BIGINT NOT NULL,          -- how many of those before the due date have their turn behind them
    warned_at BIGINT,                   -- when everybody who was unanswered had been warned
    closed_at BIGINT,
    closed_by TEXT,
    signature TEXT                      -- of everything in these two tables, once closed
);
CREATE UNIQUE INDEX access_reviews_open ON access_reviews (collectivite) WHERE closed_at IS NULL;
CREATE INDEX access_reviews_by_collectivite ON access_reviews (collectivite, opened_at);
CREATE TABLE review_lines (
    review TEXT NOT NULL REFERENCES access_reviews (id),
    position BIGINT NOT NULL,           -- by risk, from 1
    membership TEXT NOT NULL,           -- names nobody once that one is erased
    name TEXT NOT NULL,
    login TEXT NOT NULL,
    salt TEXT NOT NULL,
    person TEXT NOT NULL,               -- digest of the three: the signature holds when they are erased
    frozen TEXT NOT NULL,               -- rights and where they come from, last log-in, what is odd
    alerts BIGINT NOT NULL,
    warned_at BIGINT,
    decision TEXT CHECK (decision IN ('keep', 'change', 'withdraw', 'suspend', 'gone', 'none')),
    decided_at BIGINT,
    decided_by TEXT,
    PRIMARY KEY (review, membership)
);
CREATE INDEX review_lines_in_order ON review_lines (review, position);
CREATE INDEX review_lines_by_membership ON review_lines (membership);
-- What was written once and is not to be written again.
CREATE TABLE reminders (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
