-- What limits have counted, under names that say nothing without the store's key. `until_us` is when a count counts nothing
-- any more; `state` is read by the limiter alone.
CREATE TABLE limit_counts (
    name        BLOB PRIMARY KEY,
    until_us    INTEGER NOT NULL,
    state       BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX limit_counts_ended ON limit_counts (until_us);
