import { expect, test } from 'vitest';
import { targetPlace } from './target-place';

test.each([
  [['pipelines'], { editing: false }],
  [['pipelines', 'new'], { editing: true }],
  [['pipelines', 'pip_1'], { of: 'pip_1', editing: false }],
  [['pipelines', 'pip_1', 'edit'], { of: 'pip_1', editing: true }],
  [['pipelines', 'run', 'pin_1'], { run: 'pin_1', editing: false }],
])('%j', (parts, place) => {
  expect(targetPlace(parts)).toEqual(place);
});
