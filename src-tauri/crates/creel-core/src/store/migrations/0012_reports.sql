-- Reports and runs that are appended in order: a delivery writes at the end of each table, not at places all over it.
-- An occurrence names the earlier one of its alert; the alert names its latest.
ALTER TABLE occurrences RENAME TO occurrences_before;
CREATE TABLE occurrences (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  number      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  severity    TEXT    NOT NULL,
  delivery_id TEXT    NOT NULL,
  earlier     INTEGER
);
ALTER TABLE alerts ADD COLUMN last_occurrence INTEGER;
CREATE TEMP TABLE numbered AS
  SELECT ROW_NUMBER() OVER (ORDER BY since, alert_seq, number) AS seq, alert_seq, number, at, severity, delivery_id
  FROM (SELECT *, MAX(at) OVER (PARTITION BY alert_seq ORDER BY number) AS since FROM occurrences_before);
INSERT INTO occurrences (seq, number, at, severity, delivery_id, earlier)
  SELECT seq, number, at, severity, delivery_id, LAG(seq) OVER (PARTITION BY alert_seq ORDER BY number) FROM numbered;
UPDATE alerts SET last_occurrence = latest.seq
  FROM (SELECT alert_seq, MAX(seq) AS seq FROM numbered GROUP BY alert_seq) latest WHERE alerts.seq = latest.alert_seq;
DROP TABLE numbered;
DROP TABLE occurrences_before;

-- The raw body among a run's inputs, as packed as its delivery's: `spec` holds the others and stays small.
ALTER TABLE orloj_tasks ADD COLUMN payload_key TEXT;
ALTER TABLE orloj_tasks ADD COLUMN payload_coding TEXT;
ALTER TABLE orloj_tasks ADD COLUMN payload_kept INTEGER;
ALTER TABLE orloj_tasks ADD COLUMN payload BLOB;
