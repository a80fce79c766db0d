import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { Field } from '../generated/Field';
import FieldTree from './FieldTree.svelte';

const fields: Field[] = [
  { path: 'payload', name: 'payload', depth: 0, kind: 'object', sample: '2 fields' },
  { path: 'payload.title', name: 'title', depth: 1, kind: 'string', sample: 'Deploy \u202efailed' },
  { path: 'payload.repo', name: 'repo', depth: 1, kind: 'object', sample: '1 field' },
  { path: 'payload.repo.name', name: 'name', depth: 2, kind: 'string', sample: 'api' },
];

function open() {
  const onpick = vi.fn();
  render(FieldTree, { fields, onpick });
  return onpick;
}

const item = (name: RegExp) => screen.getByRole('treeitem', { name });

test('a click on a leaf picks its path, a click on a branch opens it', async () => {
  const onpick = open();
  await fireEvent.click(item(/title/));
  expect(onpick).toHaveBeenCalledExactlyOnceWith('payload.title');
  expect(screen.queryByRole('treeitem', { name: /api/ })).toBeNull();
  await fireEvent.click(item(/repo/));
  await fireEvent.click(item(/api/));
  expect(onpick).toHaveBeenLastCalledWith('payload.repo.name');
});

test('the keyboard reaches everything: arrows move and open, i inserts', async () => {
  const onpick = open();
  const root = item(/payload/);
  root.focus();
  await fireEvent.keyDown(root, { key: 'ArrowDown' });
  expect(document.activeElement).toBe(item(/title/));
  await fireEvent.keyDown(item(/title/), { key: 'i' });
  expect(onpick).toHaveBeenCalledWith('payload.title');
  await fireEvent.keyDown(item(/repo/), { key: 'ArrowRight' });
  expect(item(/repo/)).toHaveAttribute('aria-expanded', 'true');
});

test('a value that would turn the text around is written out', () => {
  open();
  expect(item(/title/)).toHaveTextContent('Deploy ⟨U+202E⟩failed');
});
