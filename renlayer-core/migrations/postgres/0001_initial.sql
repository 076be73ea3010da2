-- Times are microseconds since 1970 (UTC). Ids are text: a type prefix and a ULID.
-- `managed_by` says who keeps an object: the configuration file (`file`) or the API and command line (`api`).

CREATE TABLE tenants (
    id          TEXT COLLATE "C" PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    created_us  BIGINT NOT NULL
);

CREATE TABLE agents (
    id          TEXT COLLATE "C" PRIMARY KEY,
    tenant      TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    description TEXT,
    managed_by  TEXT NOT NULL,
    created_us  BIGINT NOT NULL,
    disabled_us BIGINT,
    UNIQUE (tenant, name)
);

-- Only the hash of a key is kept.
CREATE TABLE agent_keys (
    id          TEXT COLLATE "C" PRIMARY KEY,
    tenant      TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    agent       TEXT COLLATE "C" NOT NULL REFERENCES agents (id),
    hash        BYTEA NOT NULL UNIQUE,
    hint        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    created_us  BIGINT NOT NULL,
    expires_us  BIGINT,
    revoked_us  BIGINT,
    revoked_by  TEXT
);
CREATE INDEX agent_keys_of_agent ON agent_keys (agent);

-- A policy that was removed keeps its row and its history; its name is free again.
CREATE TABLE policies (
    id          TEXT COLLATE "C" PRIMARY KEY,
    tenant      TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    version     BIGINT NOT NULL,
    definition  TEXT NOT NULL,
    created_us  BIGINT NOT NULL,
    removed_us  BIGINT
);
CREATE UNIQUE INDEX policies_by_name ON policies (tenant, name) WHERE removed_us IS NULL;

CREATE TABLE policy_versions (
    policy      TEXT COLLATE "C" NOT NULL REFERENCES policies (id),
    version     BIGINT NOT NULL,
    definition  TEXT,
    saved_us    BIGINT NOT NULL,
    saved_by    TEXT NOT NULL,
    PRIMARY KEY (policy, version)
);

CREATE TABLE limits (
    id          TEXT COLLATE "C" PRIMARY KEY,
    tenant      TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    created_us  BIGINT NOT NULL,
    UNIQUE (tenant, name)
);

CREATE TABLE routes (
    id          TEXT COLLATE "C" PRIMARY KEY,
    tenant      TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    created_us  BIGINT NOT NULL,
    UNIQUE (tenant, name)
);

-- Where a secret's value is to be found; never the value.
CREATE TABLE secrets (
    id          TEXT COLLATE "C" PRIMARY KEY,
    tenant      TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    created_us  BIGINT NOT NULL,
    UNIQUE (tenant, name)
);

-- What a tenant has one of: `dlp`, `default_action`.
CREATE TABLE tenant_settings (
    tenant      TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL,
    managed_by  TEXT NOT NULL,
    definition  TEXT NOT NULL,
    saved_us    BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);

-- One row for each action, in a partition for each day (UTC) that is made when it is first needed. `batch` is the
-- transaction that stored a trace: with `seq` it gives an order in which nothing can still appear before what all
-- transactions that are over have stored.
CREATE SEQUENCE traces_seq;
CREATE TABLE traces (
    seq             BIGINT NOT NULL DEFAULT nextval('traces_seq'),
    batch           BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    id              TEXT COLLATE "C" NOT NULL,
    tenant          TEXT COLLATE "C" NOT NULL,
    started_us      BIGINT NOT NULL,
    agent_id        TEXT COLLATE "C",
    agent_name      TEXT,
    session         TEXT,
    attributed_user TEXT,
    status          TEXT NOT NULL,
    reason          TEXT,
    outcome         TEXT NOT NULL,
    action_type     TEXT NOT NULL,
    model           TEXT,
    upstream_host   TEXT,
    http_status     BIGINT,
    total_us        BIGINT NOT NULL,
    record          TEXT NOT NULL,
    PRIMARY KEY (id, started_us)
) PARTITION BY RANGE (started_us);
CREATE INDEX traces_by_time ON traces (tenant, started_us, id);
CREATE INDEX traces_by_arrival ON traces (tenant, batch, seq);
CREATE INDEX traces_by_agent ON traces (tenant, agent_id, started_us) WHERE agent_id IS NOT NULL;
CREATE INDEX traces_by_session ON traces (tenant, session, started_us) WHERE session IS NOT NULL;
CREATE INDEX traces_by_status ON traces (tenant, status, started_us) WHERE status <> 'ALLOWED';

-- Traces that are not there: dropped at a bound, or removed by retention.
CREATE TABLE trace_gaps (
    id          TEXT COLLATE "C" PRIMARY KEY,
    kind        TEXT NOT NULL,
    traces      BIGINT NOT NULL,
    from_us     BIGINT NOT NULL,
    until_us    BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL
);
