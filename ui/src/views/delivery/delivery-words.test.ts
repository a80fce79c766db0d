import { describe, expect, test } from 'vitest';
import { delivery } from '../../../tests/host';
import { factsOf } from './facts';
import { foldSame } from './fold-same';
import { againstOriginal } from './lineage';
import { detailOf, executionOf } from '../../../tests/detail';
import { executionBars, waterfall } from './waterfall';

describe('waterfall', () => {
  test('bars stand where and as long as the time they took', () => {
    const { bars, endUs } = waterfall([
      { name: 'received', start_us: 0, duration_us: 250, ok: true },
      { name: 'verified', start_us: 250, duration_us: 750, ok: false },
    ]);
    expect(endUs).toBe(1000);
    expect(bars.map(({ left, width, state }) => [left, width, state])).toEqual([
      [0, 25, 'ok'],
      [25, 75, 'bad'],
    ]);
  });

  test('a bar of no length is still seen, within the axis', () => {
    const { bars } = waterfall([
      { name: 'received', start_us: 0, duration_us: 1000, ok: true },
      { name: 'answered', start_us: 1000, duration_us: 0, ok: true },
    ]);
    expect((bars[1]?.left ?? 0) + (bars[1]?.width ?? 0)).toBeLessThanOrEqual(100);
    expect(bars[1]?.width).toBeGreaterThan(0);
  });

  test('executions have their own axis from the receipt on', () => {
    const done = executionOf({ status: 'succeeded', started_at: 1_000_100, finished_at: 1_000_400 });
    const { bars, endUs } = executionBars([done, executionOf({ status: 'queued' })], 1_000_000);
    expect(endUs).toBe(400_000);
    expect(bars.map((bar) => [bar.left, bar.took, bar.state])).toEqual([
      [25, '300 ms', 'ok'],
      [0, '< 1 ms', 'waiting'],
    ]);
  });
});

describe('facts', () => {
  const noteOf = (name: string, detail = detailOf()) => factsOf(detail).find((fact) => fact.name === name)?.note;

  test('marks are said in words', () => {
    expect(noteOf('Event id', detailOf({ delivery: delivery(7, { conflict: true }) }))).toContain('another body');
    expect(noteOf('Event id', detailOf({ delivery: delivery(7, { outcome: 'duplicate' }) }))).toContain('duplicate');
    expect(noteOf('Body', detailOf({ delivery: delivery(7, { identical_body: true }) }))).toContain('72 hours');
    expect(noteOf('Body', detailOf({ body_bytes: 5000, body_kept: 100 }))).toContain('first 100 bytes');
  });

  test('what is not known is left out', () => {
    const names = factsOf(detailOf({ delivery: delivery(7, { event_id: null, peer: null }) })).map((fact) => fact.name);
    expect(names).toEqual(['Delivery', 'Received', 'Target', 'Contract', 'Body', 'SHA-256']);
  });
});

describe('a replay against its original', () => {
  test('only differences are told', () => {
    expect(againstOriginal(delivery(8), delivery(7))).toBe('same answer and outcome as the original');
    const refused = delivery(8, { answer_status: 401, outcome: 'rejected', signature: 'bad' });
    expect(againstOriginal(refused, delivery(7))).toBe(
      'answered 401, the original answered 202; rejected, the original accepted; ' +
        'signature does not match, the original signature valid',
    );
  });
});

describe('folding', () => {
  const lines = (text: string) =>
    [...text].map((sign) => ({ kind: sign === '+' ? ('right' as const) : ('same' as const), text: sign }));
  const shape = (text: string, opened: number[] = []) =>
    foldSame(lines(text), opened)
      .map((row) => ('hidden' in row ? `(${row.hidden})` : row.text))
      .join('');

  test('three lines stay around a difference', () => {
    expect(shape('..........+..........')).toBe('(7)...+...(7)');
    expect(shape('+..........+')).toBe('+...(4)...+');
  });

  test('short stretches stay, an opened fold shows its lines', () => {
    expect(shape('......+......')).toBe('......+......');
    expect(shape('..........+', [0])).toBe('..........+');
  });
});
