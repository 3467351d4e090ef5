-- When somebody declined to be attached; their record is deleted then.
ALTER TABLE memberships ADD COLUMN declined_at BIGINT;
