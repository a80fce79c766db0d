import { expect, test } from 'vitest';
import type { Field } from '../generated/Field';
import type { FieldKind } from '../generated/FieldKind';
import { foldedAtFirst, MOST_HITS, visibleRows } from './field-rows';

function field(path: string, kind: FieldKind = 'string', sample = ''): Field {
  const parts = path.split('.');
  return { path, name: parts.at(-1) ?? '', depth: parts.length - 1, kind, sample };
}

const push = [
  field('payload', 'object'),
  field('payload.ref', 'string', 'refs/heads/main'),
  field('payload.repository', 'object'),
  field('payload.repository.owner', 'object'),
  field('payload.repository.owner.login', 'string', 'octocat'),
  field('payload.forced', 'bool', 'false'),
  field('headers', 'object'),
  field('headers.host', 'string', 'localhost'),
];

const paths = (rows: Field[]) => rows.map((row) => row.path);

test('at first the payload is open one level, everything else is folded', () => {
  expect(paths(visibleRows(push, foldedAtFirst(push), ''))).toEqual([
    'payload',
    'payload.ref',
    'payload.repository',
    'payload.forced',
    'headers',
  ]);
});

test('what is under a folded branch of an open branch stays hidden until both are open', () => {
  const folded = new Set(['payload.repository.owner', 'headers']);
  expect(paths(visibleRows(push, folded, ''))).toContain('payload.repository.owner');
  expect(paths(visibleRows(push, folded, ''))).not.toContain('payload.repository.owner.login');
});

test('a search finds leaves by path and by value, folded or not', () => {
  expect(paths(visibleRows(push, foldedAtFirst(push), 'OCTO'))).toEqual(['payload.repository.owner.login']);
  expect(paths(visibleRows(push, foldedAtFirst(push), 'host'))).toEqual(['headers.host']);
});

test('a search shows a bounded number of hits', () => {
  const many = Array.from({ length: 1000 }, (_, n) => field(`payload.n${n}`));
  expect(visibleRows(many, new Set(), 'payload')).toHaveLength(MOST_HITS);
});
