-- Agents and their runs (PromptRails). A run is written with the delivery that asked for it.
CREATE TABLE agents (
  seq        INTEGER PRIMARY KEY,
  id         TEXT    NOT NULL UNIQUE,
  name       TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  definition TEXT    NOT NULL
);

CREATE TABLE agent_executions (
  seq             INTEGER PRIMARY KEY,
  id              TEXT    NOT NULL UNIQUE,
  agent_id        TEXT    NOT NULL,
  trigger_id      TEXT    NOT NULL,
  source_delivery TEXT    NOT NULL,
  status          TEXT    NOT NULL,
  input           TEXT    NOT NULL,
  output          TEXT,
  error           TEXT,
  created_at      INTEGER NOT NULL,
  started_at      INTEGER,
  completed_at    INTEGER
);
CREATE INDEX agent_executions_by_agent ON agent_executions (agent_id, seq);
CREATE INDEX agent_executions_by_status ON agent_executions (status, seq);
