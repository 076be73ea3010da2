-- Texts of Cedar policies are kept like native policies, each with its versions. They were one setting; what a file declares is
-- reconciled at the next start.
ALTER TABLE policies ADD COLUMN language TEXT NOT NULL DEFAULT 'native';
DROP INDEX policies_by_name;
CREATE UNIQUE INDEX policies_by_name ON policies (tenant, language, name) WHERE removed_us IS NULL;
DELETE FROM tenant_settings WHERE name = 'cedar';
