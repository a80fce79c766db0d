-- Messages that go to a channel together are one sending, named after the first of them. It is noted before it is sent:
-- after a crash the same messages go out again under the same name, whoever of them comes first.
ALTER TABLE notices ADD COLUMN sending TEXT;
CREATE INDEX notices_waiting ON notices (channel, at, message) WHERE sent_at IS NULL;
