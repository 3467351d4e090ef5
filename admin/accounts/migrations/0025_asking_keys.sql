-- A key may only ask who has access to what, for an application that lets people in or not by the answer.
ALTER TABLE sessions ADD COLUMN asks_only BIGINT NOT NULL DEFAULT 0;
