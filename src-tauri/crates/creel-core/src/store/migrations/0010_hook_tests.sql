-- Deliveries at Octipus hooks that this Creel's user fired by hand. The row goes with the delivery; it is written before
-- that one is, in the same transaction.
CREATE TABLE hook_tests (
  delivery_seq INTEGER PRIMARY KEY REFERENCES deliveries (seq) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
