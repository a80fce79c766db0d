import { expect, test } from 'vitest';
import { draftOf, formOf, jsonTrouble, newForm, twice } from './pipeline-form';

const PIPELINE = {
  id: 'pip_1',
  name: 'Release',
  variables: { environment: 'staging', retries: '2' },
  steps: [{ name: 'build', wait: { seconds: 5 } }, { name: 'deploy' }],
  created_at: 1,
};

test('a form that nobody touched says what the pipeline says', () => {
  const { name, variables, steps } = PIPELINE;
  expect(draftOf(formOf(PIPELINE))).toEqual({ name, variables, steps });
});

test('steps that no form can show stay as text', () => {
  const odd = formOf({ ...PIPELINE, steps: ['build'] });
  expect(odd.text).toBe('[\n  "build"\n]');
  expect(formOf(PIPELINE).text).toBeUndefined();
});

test('rows without a name are no variables', () => {
  const form = {
    ...newForm(),
    variables: [
      { name: ' ', value: 'lost' },
      { name: ' a ', value: ' b ' },
    ],
  };
  expect(draftOf(form).variables).toEqual({ a: ' b ' });
});

test('a name that is given twice is found', () => {
  const pairs = [
    { name: 'a', value: '1' },
    { name: 'b', value: '2' },
    { name: 'a ', value: '3' },
  ];
  expect(twice(pairs)).toBe('a');
  expect(twice(pairs.slice(0, 2))).toBeUndefined();
  expect(
    twice([
      { name: '', value: '' },
      { name: '', value: '' },
    ]),
  ).toBeUndefined();
});

test('what is no JSON is said with its place', () => {
  expect(jsonTrouble('{\n  "a": 1,\n}')).toMatch(/^line 3, column 1: /);
  expect(jsonTrouble('{"a": 1}')).toBeUndefined();
});
