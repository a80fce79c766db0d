-- A run's body is its delivery's own as long as that is kept: it is written once, not twice. When the delivery goes first,
-- the run takes the body over. Runs from before hold theirs already.
CREATE TRIGGER orloj_run_takes_its_body BEFORE DELETE ON deliveries
WHEN OLD.contract = 'orloj' AND OLD.outcome = 'accepted' BEGIN
  UPDATE orloj_tasks
    SET (payload_coding, payload_kept, payload) = (SELECT coding, body_kept, body FROM contents WHERE seq = OLD.seq)
    WHERE (namespace, name) IN (
        SELECT substr(task, 1, instr(task, '/') - 1), substr(task, instr(task, '/') + 1)
          FROM (SELECT result ->> '$.task' AS task FROM executions WHERE delivery_seq = OLD.seq AND action = 'run_task'))
      AND source_delivery = OLD.id AND payload_key IS NOT NULL AND payload IS NULL;
END;

-- Templates among the runs: told by the column that every run of a delivery has, so that a run is not read as JSON when it
-- is written.
DROP INDEX orloj_templates;
CREATE INDEX orloj_templates ON orloj_tasks (seq) WHERE payload_key IS NULL;
