import { expect, test } from 'vitest';
import type { SchemeInfo } from '../../generated/SchemeInfo';
import { grouped } from './schemes';

const scheme = (key: string, group: SchemeInfo['group']): SchemeInfo => ({
  key,
  name: key,
  group,
  words: '',
  weak: false,
  has_timestamp: false,
  learns: false,
  shows_key: false,
  source: '',
  checked: '2026-11-21',
  certainty: 'documented',
  place: '',
});

test('schemes stand together by their group, and by name within it', () => {
  const listed = grouped([scheme('Twilio', 'business'), scheme('GitHub', 'platform'), scheme('Box', 'business')]);
  expect(listed.map(({ scheme, group }) => `${group}: ${scheme.name}`)).toEqual([
    'Developer platforms: GitHub',
    'Business services: Box',
    'Business services: Twilio',
  ]);
});
