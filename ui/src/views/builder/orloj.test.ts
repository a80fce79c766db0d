import { expect, test } from 'vitest';
import type { TaskWebhookManifest } from '../../generated/TaskWebhookManifest';
import { emptyDraft, type WholeDraft } from './draft';
import { applied, keysOf, shownYaml, templatesOf, webhookOf } from './orloj';
import { recipe } from './recipes';
import { yaml } from './yaml';

function webhook(part: Partial<TaskWebhookManifest['spec']> = {}): TaskWebhookManifest {
  const made = webhookOf('generic');
  const auth = { ...made.spec.auth, secret_ref: 'webhook-shared-secret' };
  return { ...made, spec: { ...made.spec, task_ref: 'weekly-report-template', auth, ...part } };
}

const draft: WholeDraft = { ...emptyDraft('lst_1'), ...recipe('orloj', 'lst_1'), name: 'report-generic-webhook' };

test('a webhook with nothing but its profile is the file of the guide, word for word', () => {
  expect(applied(draft, webhook(), '')).toBe(`apiVersion: orloj.dev/v1
kind: TaskWebhook
metadata:
  name: report-generic-webhook
spec:
  task_ref: weekly-report-template
  auth:
    profile: generic
    secret_ref: webhook-shared-secret
`);
});

test('what differs from the profile is in it, and so is a switch that is off', () => {
  const other = webhook({ idempotency: { event_id_header: 'X-Id', dedupe_window_seconds: 60 } });
  const text = applied({ ...draft, enabled: false }, other, '');
  expect(text).toContain('  suspend: true\n');
  expect(text).toContain('  idempotency:\n    event_id_header: X-Id\n    dedupe_window_seconds: 60\n');
  expect(text).not.toContain('max_skew_seconds');
});

test('a Task and a Secret that are made with it stand before it; the value is applied and never shown', () => {
  const template = {
    name: 't',
    system: 's',
    priority: 'high',
    input: { topic: 'AI: now' },
    max_attempts: '3',
    backoff: '5s',
  };
  const beside = { template, key: { name: 'k', value: '' } };
  const text = applied({ ...draft, beside }, webhook(), 'the-value');
  expect(text.split('---\n').map((one) => /kind: (\w+)/.exec(one)?.[1])).toEqual(['Task', 'Secret', 'TaskWebhook']);
  expect(text).toContain('    topic: "AI: now"\n');
  expect(text).toContain('  retry:\n    max_attempts: 3\n    backoff: "5s"\n');
  expect(text).toContain('  task_ref: t\n');
  expect(text).toContain('secret_ref: k\n');
  const shown = shownYaml({ ...draft, beside: { ...beside, key: { name: 'k', value: 'the-value' } } }, webhook());
  expect(shown).not.toContain('the-value');
  expect(shown).toContain('secret_ref: k\n');
});

test('text that YAML would read as something else is quoted', () => {
  const values = ['true', 'No', '12', '1e3', '', ' a', 'a: b', '#', "it's", '- x', '2026-11-21', 'a\u2028b', '*'];
  for (const value of values) expect(yaml({ value }), value).toMatch(/^value: ".*"\n$/s);
  expect(yaml({ value: 'a\u2028b' })).toBe('value: "a\\u2028b"\n');
  expect(yaml({ value: 'AI startups' })).toBe('value: AI startups\n');
});

test('templates and Secrets are named as a webhook of the namespace names them', () => {
  const row = (kind: 'Task' | 'Secret', namespace: string, name: string, spec: unknown) => ({
    kind,
    namespace,
    name,
    seq: 1,
    source_delivery: null,
    manifest: JSON.stringify({ spec }),
  });
  const tasks = [
    row('Task', 'default', 'weekly', { system: 'reports' }),
    row('Task', 'team', 'daily', { system: 'reports' }),
  ];
  expect(templatesOf(tasks, 'default').map(({ reference }) => reference)).toEqual(['weekly', 'team/daily']);
  expect(keysOf([row('Secret', 'team', 'k', { data: { a: '***' } })], 'team')).toEqual([
    { reference: 'k', about: 'a' },
  ]);
});
