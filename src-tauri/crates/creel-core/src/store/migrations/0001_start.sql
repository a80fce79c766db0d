-- One row a delivery; what the inbox lists. The wide parts are in `contents`.
CREATE TABLE deliveries (
  seq           INTEGER PRIMARY KEY,
  id            TEXT    NOT NULL UNIQUE,
  received_at   INTEGER NOT NULL,
  method        TEXT    NOT NULL,
  path          TEXT    NOT NULL,
  contract      TEXT,
  endpoint      TEXT,
  trigger_ids   TEXT    NOT NULL DEFAULT '',
  source        TEXT    NOT NULL,
  event         TEXT,
  event_id      TEXT,
  peer          TEXT,
  answer_status INTEGER NOT NULL,
  outcome       TEXT    NOT NULL,
  signature     TEXT    NOT NULL,
  reason_code   TEXT,
  reason        TEXT,
  bytes         INTEGER NOT NULL,
  duration_us   INTEGER NOT NULL,
  identical     INTEGER NOT NULL DEFAULT 0,
  conflict      INTEGER NOT NULL DEFAULT 0,
  pinned        INTEGER NOT NULL DEFAULT 0,
  replay_of     TEXT
);
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, seq) WHERE endpoint IS NOT NULL;
CREATE INDEX deliveries_not_accepted ON deliveries (outcome, seq) WHERE outcome <> 'accepted';
CREATE INDEX deliveries_pinned ON deliveries (seq) WHERE pinned = 1;
CREATE INDEX deliveries_replays ON deliveries (replay_of, seq) WHERE replay_of IS NOT NULL;

-- The bytes of a delivery: head, body, answer, timings. Bodies are zstd when that is smaller.
CREATE TABLE contents (
  seq         INTEGER PRIMARY KEY REFERENCES deliveries (seq) ON DELETE CASCADE,
  target      TEXT    NOT NULL,
  head        BLOB    NOT NULL,
  answer      BLOB    NOT NULL,
  timings     TEXT    NOT NULL,
  body_sha256 BLOB    NOT NULL,
  body_bytes  INTEGER NOT NULL,
  body_kept   INTEGER NOT NULL,
  coding      TEXT    NOT NULL,
  body        BLOB    NOT NULL
);

-- What counts as seen: two 64-bit keys a delivery, appended in order; a hash in memory answers (store/seen.rs).
CREATE TABLE seen (
  seq      INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  id_key   INTEGER NOT NULL,
  body_key INTEGER NOT NULL
);

CREATE TABLE triggers (
  id         TEXT PRIMARY KEY,
  contract   TEXT NOT NULL,
  slug       TEXT NOT NULL,
  definition TEXT NOT NULL,
  UNIQUE (contract, slug)
) WITHOUT ROWID;

CREATE TABLE secrets (
  id           TEXT PRIMARY KEY,
  owner        TEXT NOT NULL,
  slot         TEXT NOT NULL CHECK (slot IN ('current', 'previous', 'named')),
  name         TEXT NOT NULL,
  sealed       BLOB NOT NULL,
  bytes        INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  last_used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX secrets_by_owner ON secrets (owner, slot);

-- The durable queue is the executions that are queued or running.
CREATE TABLE executions (
  seq             INTEGER PRIMARY KEY,
  id              TEXT    NOT NULL UNIQUE,
  delivery_seq    INTEGER NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE,
  delivery_id     TEXT    NOT NULL,
  trigger_id      TEXT    NOT NULL,
  trigger_name    TEXT    NOT NULL,
  position        INTEGER NOT NULL,
  action          TEXT    NOT NULL,
  summary         TEXT    NOT NULL,
  status          TEXT    NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  max_attempts    INTEGER NOT NULL,
  -- Attempts of the sets before the latest "run it again"; the latest set is what lies between this and max_attempts.
  attempts_before INTEGER NOT NULL DEFAULT 0,
  crashes         INTEGER NOT NULL DEFAULT 0,
  next_at         INTEGER,
  lease_epoch     INTEGER,
  created_at      INTEGER NOT NULL,
  started_at      INTEGER,
  finished_at     INTEGER,
  error           TEXT,
  plan            TEXT    NOT NULL,
  result          TEXT,
  idempotency_key TEXT    NOT NULL,
  -- Who waits for whom: the host of an outside effect. A dead host holds up its own lane only.
  lane            TEXT GENERATED ALWAYS AS (COALESCE(plan ->> '$.host', '')) VIRTUAL
);
CREATE INDEX executions_due ON executions (lane, next_at, seq) WHERE status = 'queued';
CREATE INDEX executions_suspect ON executions (seq) WHERE status = 'queued' AND crashes > 0;
CREATE INDEX executions_running ON executions (seq) WHERE status = 'running';
CREATE INDEX executions_by_delivery ON executions (delivery_seq);
CREATE INDEX executions_by_trigger ON executions (trigger_id, seq);
CREATE INDEX executions_troubled ON executions (status, seq)
  WHERE status IN ('failed', 'skipped', 'cancelled', 'interrupted', 'quarantined');

CREATE TABLE steps (
  execution_seq INTEGER NOT NULL REFERENCES executions (seq) ON DELETE CASCADE,
  number        INTEGER NOT NULL,
  attempt       INTEGER NOT NULL,
  name          TEXT    NOT NULL,
  ok            INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  duration_us   INTEGER NOT NULL,
  words         TEXT    NOT NULL,
  detail        TEXT,
  PRIMARY KEY (execution_seq, number)
) WITHOUT ROWID;

CREATE TABLE lists (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE tasks (
  seq             INTEGER PRIMARY KEY,
  id              TEXT    NOT NULL UNIQUE,
  list_id         TEXT    NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
  title           TEXT    NOT NULL,
  description     TEXT    NOT NULL,
  assignees       TEXT    NOT NULL,
  priority        TEXT    NOT NULL,
  tags            TEXT    NOT NULL,
  status          TEXT    NOT NULL,
  source_delivery TEXT,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL
);
CREATE INDEX tasks_by_list ON tasks (list_id, status, seq);

CREATE TABLE views (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  q    TEXT NOT NULL
) WITHOUT ROWID;

-- Counts that screens show, kept instead of scanned. `tally_through` in `meta` says up to which delivery.
CREATE TABLE minutes (
  at       INTEGER NOT NULL,
  endpoint TEXT    NOT NULL,
  outcome  TEXT    NOT NULL,
  n        INTEGER NOT NULL,
  PRIMARY KEY (at, endpoint, outcome)
) WITHOUT ROWID;

CREATE TABLE facts (
  key     TEXT    NOT NULL,
  value   TEXT    NOT NULL,
  n       INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (key, value)
) WITHOUT ROWID;

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY
) WITHOUT ROWID;
