import { expect, test } from 'vitest';
import { InsertTarget } from './insert-target';

function inserter() {
  const got: string[] = [];
  return { got, insert: (text: string) => got.push(text) };
}

test('a picked field goes to the title until another input is used, and back when that one goes away', () => {
  const target = new InsertTarget();
  const title = inserter();
  const text = inserter();
  target.setDefault(title);
  expect(target.insert('payload.a')).toBe(true);
  target.use(text);
  target.insert('payload.b');
  target.drop(text);
  target.insert('payload.c');
  expect(title.got).toEqual(['{{payload.a}}', '{{payload.c}}']);
  expect(text.got).toEqual(['{{payload.b}}']);
});

test('without an input nothing takes it, and that is said', () => {
  expect(new InsertTarget().insert('payload.a')).toBe(false);
});
