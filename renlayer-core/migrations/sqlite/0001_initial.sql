-- Times are microseconds since 1970 (UTC). Ids are text: a type prefix and a ULID.
-- `managed_by` says who keeps an object: the configuration file (`file`) or the API and command line (`api`).

CREATE TABLE tenants (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    created_us  INTEGER NOT NULL
);

CREATE TABLE agents (
    id          TEXT PRIMARY KEY,
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    description TEXT,
    managed_by  TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    disabled_us INTEGER,
    UNIQUE (tenant, name)
);

-- Only the hash of a key is kept.
CREATE TABLE agent_keys (
    id          TEXT PRIMARY KEY,
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    agent       TEXT NOT NULL REFERENCES agents (id),
    hash        BLOB NOT NULL UNIQUE,
    hint        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    expires_us  INTEGER,
    revoked_us  INTEGER,
    revoked_by  TEXT
);
CREATE INDEX agent_keys_of_agent ON agent_keys (agent);

-- A policy that was removed keeps its row and its history; its name is free again.
CREATE TABLE policies (
    id          TEXT PRIMARY KEY,
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    version     INTEGER NOT NULL,
    definition  TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    removed_us  INTEGER
);
CREATE UNIQUE INDEX policies_by_name ON policies (tenant, name) WHERE removed_us IS NULL;

CREATE TABLE policy_versions (
    policy      TEXT NOT NULL REFERENCES policies (id),
    version     INTEGER NOT NULL,
    definition  TEXT,
    saved_us    INTEGER NOT NULL,
    saved_by    TEXT NOT NULL,
    PRIMARY KEY (policy, version)
);

CREATE TABLE limits (
    id          TEXT PRIMARY KEY,
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    UNIQUE (tenant, name)
);

CREATE TABLE routes (
    id          TEXT PRIMARY KEY,
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    UNIQUE (tenant, name)
);

-- Where a secret's value is to be found; never the value.
CREATE TABLE secrets (
    id          TEXT PRIMARY KEY,
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    UNIQUE (tenant, name)
);

-- What a tenant has one of: `dlp`, `default_action`.
CREATE TABLE tenant_settings (
    tenant      TEXT NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    saved_us    INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
);

-- One row for each action. `batch` and `seq` give the order in which traces were stored.
CREATE TABLE traces (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    batch           INTEGER NOT NULL DEFAULT 0,
    id              TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    started_us      INTEGER NOT NULL,
    agent_id        TEXT,
    agent_name      TEXT,
    session         TEXT,
    attributed_user TEXT,
    status          TEXT NOT NULL,
    reason          TEXT,
    outcome         TEXT NOT NULL,
    action_type     TEXT NOT NULL,
    model           TEXT,
    upstream_host   TEXT,
    http_status     INTEGER,
    total_us        INTEGER NOT NULL,
    record          TEXT NOT NULL,
    UNIQUE (id, started_us)
);
CREATE INDEX traces_by_time ON traces (tenant, started_us, id);
CREATE INDEX traces_by_agent ON traces (tenant, agent_id, started_us) WHERE agent_id IS NOT NULL;
CREATE INDEX traces_by_session ON traces (tenant, session, started_us) WHERE session IS NOT NULL;
CREATE INDEX traces_by_status ON traces (tenant, status, started_us) WHERE status <> 'ALLOWED';
CREATE INDEX traces_retained ON traces (started_us);

-- Traces that are not there: dropped at a bound, or removed by retention.
CREATE TABLE trace_gaps (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    traces      INTEGER NOT NULL,
    from_us     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL,
    recorded_us INTEGER NOT NULL
);
