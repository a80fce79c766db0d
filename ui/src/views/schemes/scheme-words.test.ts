import { expect, test } from 'vitest';
import type { SchemeInfo } from '../../generated/SchemeInfo';
import { found, sourceLine } from './scheme-words';

const scheme = (name: string, group: SchemeInfo['group'], place = ''): SchemeInfo => ({
  key: name.toLowerCase(),
  name,
  group,
  words: '',
  weak: false,
  has_timestamp: false,
  source: '',
  checked: '',
  certainty: 'documented',
  place,
  learns: false,
  shows_key: false,
  makes_secret: true,
});

const ALL = [
  scheme('Twilio', 'business', 'X-Twilio-Signature'),
  scheme('GitHub', 'platform', 'X-Hub-Signature-256'),
  scheme('Box', 'business', 'BOX-SIGNATURE-PRIMARY'),
  scheme('Acme', 'own', 'X-Acme'),
];

const names = (search: string) =>
  found(ALL, search).map(({ group, schemes }) => `${group}: ${schemes.map(({ name }) => name).join(', ')}`);

test('schemes stand by their group, the user’s own first, and by name within it', () => {
  expect(names('')).toEqual(['Yours: Acme', 'Developer platforms: GitHub', 'Business services: Box, Twilio']);
});

test('a search finds names, keys and headers, and every word counts', () => {
  expect(names('hub-sig')).toEqual(['Developer platforms: GitHub']);
  expect(names('signature BOX')).toEqual(['Business services: Box']);
  expect(names('nobody')).toEqual([]);
});

test('a source is told with its date where both are known', () => {
  expect(sourceLine({ source: 'docs', checked: '2026-11-21' })).toBe('docs, checked 2026-11-21');
  expect(sourceLine({ source: 'docs', checked: '' })).toBe('docs');
  expect(sourceLine({ source: '', checked: '2026-11-21' })).toBeUndefined();
});
