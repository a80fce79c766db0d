import { expect, test } from 'vitest';
import { Editing } from './editing.svelte';

const REFUSED = { code: 'invalid', message: 'no' } as const;

test('a refusal holds until what was refused is mended', async () => {
  const editing = new Editing({ name: 'a', text: '' });
  expect(editing.dirty).toBe(false);
  editing.set({ name: 'b' });
  expect(editing.dirty).toBe(true);
  expect(await editing.save(async () => false)).toBe(false);
  expect(editing.standing(REFUSED)).toBe(REFUSED);
  editing.set({ name: 'c' });
  expect(editing.standing(REFUSED)).toBeUndefined();
  expect(await editing.save(async () => true)).toBe(true);
  expect(editing.dirty).toBe(false);
});

test('what is typed while it is saved is not kept with it', async () => {
  const editing = new Editing({ name: 'a' });
  editing.set({ name: 'b' });
  await editing.save(async ({ name }) => {
    expect(name).toBe('b');
    editing.set({ name: 'c' });
    return true;
  });
  expect(editing.dirty).toBe(true);
});

test('what does not count is no change', () => {
  const editing = new Editing({ name: 'a', shown: 1 }, ({ name }) => name);
  editing.set({ shown: 2 });
  expect(editing.dirty).toBe(false);
});
