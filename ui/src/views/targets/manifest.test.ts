import { expect, test } from 'vitest';
import type { ResourceRow } from '../../generated/ResourceRow';
import { about, editable, inputsOf, keysOf, manifestOf, said } from './manifest';
import { secretManifest } from './secret-manifest';

function row(part: Partial<ResourceRow>, manifest: object): ResourceRow {
  const text = JSON.stringify(manifest);
  return { kind: 'Task', namespace: 'default', name: 'r', seq: 1, source_delivery: null, ...part, manifest: text };
}

test('a run task is read with its inputs and its event', () => {
  const task = row(
    {},
    {
      metadata: { createdAt: '2026-11-21T09:00:00Z', labels: { a: 'b' } },
      spec: { mode: 'run', system: 'reports', input: { webhook_event_id: 'e1', count: 5 } },
      status: { phase: 'Pending' },
    },
  );
  const manifest = manifestOf(task);
  expect(manifest.createdAt).toBe(Date.UTC(2026, 10, 21, 9));
  expect(inputsOf(manifest)).toEqual([
    ['webhook_event_id', 'e1'],
    ['count', '5'],
  ]);
  expect([said(manifest.status, 'phase'), said(manifest.status, 'lastError')]).toEqual(['Pending', undefined]);
  expect(about(task)).toBe('reports · event e1');
});

test('a secret shows its keys', () => {
  const secret = row({ kind: 'Secret' }, { metadata: {}, spec: { data: { value: '***', old: '***' } } });
  expect(keysOf(manifestOf(secret))).toEqual(['value', 'old']);
});

test('a value stays what was typed', () => {
  const text = secretManifest({ namespace: 'default', name: 's' }, { value: 'a: "b"\n# c' });
  expect(JSON.parse(text).spec.stringData.value).toBe('a: "b"\n# c');
});

test('what is edited is what its author wrote', () => {
  const metadata = { name: 'r', createdAt: '2026-11-21T09:00:00Z' };
  const task = row({}, { kind: 'Task', metadata, spec: { mode: 'template' }, status: { phase: 'Ready' } });
  expect(JSON.parse(editable(task))).toEqual({ kind: 'Task', metadata: { name: 'r' }, spec: { mode: 'template' } });
});
