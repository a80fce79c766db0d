-- Which event made a run stands beside the run: an accepted delivery writes one row at one place. `orloj_seen` keeps the
-- events whose run was deleted.
ALTER TABLE orloj_tasks ADD COLUMN endpoint TEXT;
ALTER TABLE orloj_tasks ADD COLUMN event_id TEXT;
ALTER TABLE orloj_tasks ADD COLUMN seen_until INTEGER;
CREATE TRIGGER orloj_run_deleted BEFORE DELETE ON orloj_tasks WHEN OLD.seen_until IS NOT NULL BEGIN
  INSERT OR REPLACE INTO orloj_seen (endpoint, event_id, task, expires_at)
  VALUES (OLD.endpoint, OLD.event_id, OLD.namespace || '/' || OLD.name, OLD.seen_until);
END;
