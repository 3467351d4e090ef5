-- Few people are deleted, and not everybody has a profile: indexes of only those cost less to write, and
-- tempt no statement that asks for all the others.
DROP INDEX memberships_deleted;
CREATE INDEX memberships_deleted ON memberships (deleted_at) WHERE deleted_at IS NOT NULL;
DROP INDEX memberships_by_profile;
CREATE INDEX memberships_by_profile ON memberships (profile) WHERE profile IS NOT NULL;
