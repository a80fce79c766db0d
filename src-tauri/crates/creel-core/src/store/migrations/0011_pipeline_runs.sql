-- Which execution runs an instance, and where each of its steps stands.
ALTER TABLE pipeline_instances ADD COLUMN execution_id TEXT;
ALTER TABLE pipeline_instances ADD COLUMN progress TEXT NOT NULL DEFAULT '[]';

-- An instance stands where its execution stands, in the same commit, whoever moved it. One that waits between two steps is
-- queued and goes on running.
CREATE TRIGGER pipeline_instance_follows AFTER UPDATE OF status ON executions WHEN NEW.action = 'instantiate_pipeline' BEGIN
  UPDATE pipeline_instances SET
    status = CASE WHEN NEW.status = 'queued' AND NEW.attempts = 0 THEN 'pending'
                  WHEN NEW.status IN ('queued', 'running') THEN 'running'
                  WHEN NEW.status = 'succeeded' THEN 'completed'
                  WHEN NEW.status = 'cancelled' THEN 'cancelled' ELSE 'failed' END
  WHERE id = NEW.plan ->> '$.instance_id';
END;
