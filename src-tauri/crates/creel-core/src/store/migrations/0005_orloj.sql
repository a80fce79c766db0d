-- Orloj's tasks, templates and runs alike. `seq` is the cursor of lists.
CREATE TABLE orloj_tasks (
  seq             INTEGER PRIMARY KEY AUTOINCREMENT,
  namespace       TEXT    NOT NULL,
  name            TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  source_delivery TEXT,
  labels          TEXT    NOT NULL,
  spec            TEXT    NOT NULL,
  UNIQUE (namespace, name)
);

-- Orloj's secrets; their values are in `secrets`, sealed as all are.
CREATE TABLE orloj_secrets (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  namespace  TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  labels     TEXT    NOT NULL,
  UNIQUE (namespace, name)
);

-- Which event made which run task. Written only together with the task.
CREATE TABLE orloj_seen (
  endpoint   TEXT    NOT NULL,
  event_id   TEXT    NOT NULL,
  task       TEXT    NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (endpoint, event_id)
) WITHOUT ROWID;
CREATE INDEX orloj_seen_by_end ON orloj_seen (expires_at);

-- The status of task webhooks, which are triggers of contract `orloj`.
CREATE TABLE orloj_webhooks (
  trigger_id       TEXT PRIMARY KEY REFERENCES triggers (id) ON DELETE CASCADE,
  last_delivery_at INTEGER NOT NULL,
  last_event_id    TEXT    NOT NULL,
  last_task        TEXT    NOT NULL DEFAULT '',
  last_error       TEXT    NOT NULL,
  accepted         INTEGER NOT NULL,
  duplicates       INTEGER NOT NULL,
  rejected         INTEGER NOT NULL
) WITHOUT ROWID;
