import { expect, test } from 'vitest';
import { executionOf } from '../../../tests/detail';
import { TableHost } from '../../../tests/host';
import { LiveDetail } from './live-detail.svelte';

const answer = (live: string) => ({ execution: executionOf(), steps: [], plan: '{}', result: null, live });

test('what is said while the snapshot is on its way is in it', async () => {
  let give: (() => void) | undefined;
  const host = new TableHost({ execution_get: () => new Promise((done) => (give = () => done(answer('one ')))) });
  const one = new LiveDetail(host);
  const loading = one.load('exe_1');
  one.hear({ execution_id: 'exe_1', from: 0, text: 'one ' });
  one.hear({ execution_id: 'exe_1', from: 4, text: 'two' });
  give?.();
  await loading;
  expect(one.now?.live).toBe('one two');
});

test('an earlier snapshot that comes late is not shown', async () => {
  const gives: Array<(live: string) => void> = [];
  const host = new TableHost({
    execution_get: () => new Promise((done) => gives.push((live) => done(answer(live)))),
  });
  const one = new LiveDetail(host);
  const [first, second] = [one.load('exe_1'), one.load('exe_1')];
  gives[1]?.('late');
  await second;
  gives[0]?.('early');
  await first;
  expect(one.now?.live).toBe('late');
});
