-- What must not start twice is marked in a commit before it starts; a crash after that interrupts it.
ALTER TABLE executions ADD COLUMN once INTEGER NOT NULL DEFAULT 0;

-- Which execution runs an agent, and what the run used.
ALTER TABLE agent_executions ADD COLUMN execution_id TEXT;
ALTER TABLE agent_executions ADD COLUMN token_usage TEXT;

-- A run of an agent stands where its execution stands, in the same commit, whoever moved it: a worker, the user, a start.
CREATE TRIGGER agent_execution_follows AFTER UPDATE OF status ON executions WHEN NEW.action = 'run_agent' BEGIN
  UPDATE agent_executions SET
    status = CASE NEW.status WHEN 'queued' THEN 'pending' WHEN 'running' THEN 'running'
                             WHEN 'succeeded' THEN 'completed' ELSE 'failed' END,
    output = CASE NEW.status WHEN 'succeeded' THEN NEW.result -> '$.output' END,
    token_usage = CASE NEW.status WHEN 'succeeded' THEN NEW.result -> '$.usage' END,
    error = CASE WHEN NEW.status NOT IN ('queued', 'running', 'succeeded')
                 THEN COALESCE(NEW.error ->> '$.message', NEW.status) END,
    started_at = NEW.started_at,
    completed_at = NEW.finished_at
  WHERE id = NEW.plan ->> '$.execution_id';
END;

-- What an agent used on a day (UTC), for its daily budget.
CREATE TABLE agent_days (
  agent_id TEXT    NOT NULL,
  day      TEXT    NOT NULL,
  runs     INTEGER NOT NULL,
  tokens   INTEGER NOT NULL,
  PRIMARY KEY (agent_id, day)
) WITHOUT ROWID;

-- Commands as the user saw and approved them, trigger by trigger; not approved yet: one that wanted to run.
CREATE TABLE approvals (
  trigger_id  TEXT    NOT NULL,
  command     TEXT    NOT NULL,
  asked_at    INTEGER NOT NULL,
  approved_at INTEGER,
  PRIMARY KEY (trigger_id, command)
) WITHOUT ROWID;
