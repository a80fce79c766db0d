import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { delivery, TableHost } from '../../../tests/host';
import { Failure } from '../../host/host';
import { detailOf } from '../../../tests/detail';
import { Composer } from './composer.svelte';
import { isPlaced } from './fields';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function composer(answers: ConstructorParameters<typeof TableHost>[0] = {}) {
  const host = new TableHost(answers);
  return { host, composer: new Composer(host, detailOf()) };
}

describe('the draft', () => {
  test('of an untouched form sends the bytes as received and nothing outside', () => {
    expect(composer().composer.draft).toEqual({
      delivery_id: 'dlv_7',
      target: 'original',
      method: undefined,
      headers: undefined,
      body: undefined,
      signing: 'target',
      at: undefined,
      new_event_id: true,
      broken: undefined,
      times: 1,
      outside_effects: false,
    });
  });

  test('holds what was changed', () => {
    const { composer: form } = composer();
    Object.assign(form, {
      target: 'url',
      url: 'https://example.com/x',
      method: 'PUT',
      body: '{}',
      at: '2026-11-21T08:00:00Z',
    });
    Object.assign(form, { signing: 'with', scheme: 'stripe', secret: 's', broken: 'altered_byte', times: 3 });
    expect(form.draft).toMatchObject({
      target: { url: 'https://example.com/x' },
      method: 'PUT',
      body: '{}',
      at: 1_795_248_000,
      signing: { with: { scheme: 'stripe', secret: 's' } },
      broken: 'altered_byte',
      times: 3,
    });
  });

  test('an edited header sends all of them in order, without rows that have no name yet', () => {
    const { composer: form } = composer();
    form.headers.push({ name: '', value: '' }, { name: ' X-New ', value: '1' });
    expect(form.draft.headers).toEqual([
      ['Host', '127.0.0.1'],
      ['X-GitHub-Event', 'push'],
      ['X-New', '1'],
    ]);
    form.headers = form.headers.slice(0, 2);
    expect(form.headersEdited).toBe(false);
  });
});

describe('planning', () => {
  test('of another address is not asked for, and nothing is wrong, before one is typed', async () => {
    const replay_plan = vi.fn();
    const { composer: form } = composer({ replay_plan });
    Object.assign(form, { target: 'url', url: ' ' });
    form.replan(form.draft);
    await vi.runAllTimersAsync();
    expect(replay_plan).not.toHaveBeenCalled();
    expect([form.unaddressed, form.planning, form.error, form.plan]).toEqual([true, false, undefined, undefined]);
  });

  test('asks once typing rests, for the last draft', async () => {
    const replay_plan = vi.fn(() => ({ effects: [] }));
    const { composer: form } = composer({ replay_plan });
    for (const url of ['h', 'ht', 'htt']) form.replan({ ...form.draft, target: { url } });
    expect(replay_plan).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(replay_plan).toHaveBeenCalledTimes(1);
    expect(replay_plan).toHaveBeenCalledWith(expect.objectContaining({ target: { url: 'htt' } }));
    expect([form.planning, form.plan]).toEqual([false, { effects: [] }]);
  });

  test('an error is shown at its field', async () => {
    const replay_plan = () => {
      throw new Failure({
        code: 'invalid',
        message: '"h" is no address',
        hint: 'begin with https://',
        field: 'target.url',
      });
    };
    const { composer: form } = composer({ replay_plan });
    form.replan(form.draft);
    await vi.advanceTimersByTimeAsync(200);
    expect(form.errorAt('target')).toBe('"h" is no address. begin with https://');
    expect(form.errorAt('signing')).toBeUndefined();
    expect([isPlaced('target.url'), isPlaced('delivery_id'), isPlaced(undefined)]).toEqual([true, false, false]);
  });
});

const result = (seq: number) => ({
  answer: null,
  error: null,
  duration_us: 1,
  delivery: delivery(seq),
  differences: [],
});

test('results of a later sending stand above the earlier ones', async () => {
  let sent = 7;
  const replay_send = () => ({ id: 'rpl_1', times: 1, ended: true, results: [result((sent += 1))] });
  const { composer: form } = composer({ replay_send });
  await form.send();
  await form.send();
  expect(form.results.map((result) => result.delivery?.id)).toEqual(['dlv_9', 'dlv_8']);
});

test('many sendings appear one by one, the newest first, and can be stopped', async () => {
  const answers: Array<(ended: boolean) => void> = [];
  let results: ReturnType<typeof result>[] = [];
  const replay_progress = vi.fn(
    () =>
      new Promise((answer) =>
        answers.push((ended) => {
          results = [...results, result(8 + results.length)];
          answer({ id: 'rpl_1', times: 3, ended, results });
        }),
      ),
  );
  const replay_stop = vi.fn(() => ({ id: 'rpl_1', times: 3, ended: true, results }));
  const replay_send = () => ({ id: 'rpl_1', times: 3, ended: false, results: [] });
  const { composer: form } = composer({ replay_send, replay_progress, replay_stop });
  const sending = form.send();
  for (const expected of [['dlv_8'], ['dlv_9', 'dlv_8']]) {
    await vi.waitFor(() => expect(answers).toHaveLength(expected.length));
    answers.at(-1)?.(false);
    await vi.waitFor(() => expect(form.results.map((one) => one.delivery?.id)).toEqual(expected));
  }
  expect([form.sending, form.underWay?.results.length, form.underWay?.times]).toEqual([true, 2, 3]);
  await form.stop();
  expect(replay_stop).toHaveBeenCalledWith({ id: 'rpl_1' });
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  answers.at(-1)?.(true);
  await sending;
  expect([form.sending, form.underWay, form.results.length]).toEqual([false, undefined, 3]);
  expect(form.stopped, 'all came back before the stop was heard').toBeUndefined();
  expect(replay_progress).toHaveBeenLastCalledWith({ id: 'rpl_1', seen: 2 });
});

test('a sending that was stopped says how far it came, until the next one', async () => {
  let ended = false;
  const replay_send = () => ({ id: 'rpl_1', times: 20, ended: false, results: [result(8)] });
  const replay_progress = () => {
    const whole = ended ? 20 : 3;
    return { id: 'rpl_1', times: 20, ended: true, results: Array.from({ length: whole }, (_, n) => result(8 + n)) };
  };
  const { composer: form } = composer({ replay_send, replay_progress });
  await form.send();
  expect(form.stopped).toEqual({ sent: 3, of: 20 });
  ended = true;
  await form.send();
  expect(form.stopped).toBeUndefined();
});
