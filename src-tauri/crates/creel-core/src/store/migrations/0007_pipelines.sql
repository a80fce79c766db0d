-- Pipelines and their instances (OpenGate). An instance is written with the delivery that asked for it.
CREATE TABLE pipelines (
  id         TEXT    PRIMARY KEY,
  name       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  definition TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE pipeline_instances (
  seq             INTEGER PRIMARY KEY,
  id              TEXT    NOT NULL UNIQUE,
  pipeline_id     TEXT    NOT NULL,
  variables       TEXT    NOT NULL,
  steps           TEXT    NOT NULL,
  status          TEXT    NOT NULL,
  source_delivery TEXT    NOT NULL,
  created_at      INTEGER NOT NULL
);
CREATE INDEX pipeline_instances_by_pipeline ON pipeline_instances (pipeline_id, seq);
