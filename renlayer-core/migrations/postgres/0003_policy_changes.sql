-- Why a version was saved, and which earlier one it brings back.
ALTER TABLE policy_versions ADD COLUMN reason TEXT;
ALTER TABLE policy_versions ADD COLUMN restores BIGINT;
