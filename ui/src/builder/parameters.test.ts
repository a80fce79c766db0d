import { expect, test } from 'vitest';
import { parametersOf } from './parameters';

const SCHEMA = {
  type: 'object',
  required: ['path'],
  properties: {
    text: { type: 'string', format: 'lines', description: 'What is added.' },
    timeout_s: { type: 'integer', minimum: 1, maximum: 9 },
    headers: { type: 'object' },
    quiet: { type: 'boolean' },
    method: { enum: ['GET', 'POST'] },
    path: { type: 'string' },
  },
};

test('a schema is read as a form: what is needed first, each in its own way', () => {
  const read = parametersOf(SCHEMA, {});
  expect(read.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'path text',
    'text lines',
    'timeout_s number',
    'headers pairs',
    'quiet switch',
    'method choice',
  ]);
  expect(read[0]?.required).toBe(true);
  expect(read.find(({ name }) => name === 'timeout_s')).toMatchObject({ least: 1, most: 9 });
  expect(read.find(({ name }) => name === 'method')?.choices).toEqual(['GET', 'POST']);
});

test('what is set and not taken is shown, so that it can be taken out; without a schema nothing is said', () => {
  expect(parametersOf(SCHEMA, { path: 'a', old: 1 }).at(-1)).toMatchObject({ name: 'old', kind: 'strange' });
  expect(parametersOf(undefined, { old: 1 })).toEqual([]);
});
