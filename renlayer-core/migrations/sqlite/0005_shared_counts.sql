-- What instances that count together have spent and hold. One instance on SQLite counts by itself: the table is here so that
-- both engines have one schema.
CREATE TABLE shared_counts (
    name        BLOB PRIMARY KEY,
    until_us    INTEGER NOT NULL,
    state       BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX shared_counts_ended ON shared_counts (until_us);
