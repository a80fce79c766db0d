import { expect, test } from 'vitest';
import type { Fault } from '../../generated/Fault';
import { meaning, standing } from './answer-as';

const fault: Fault = { key: 'rate_limited', status: 429, about: 'too many requests', body: '{}' };

test('the sentence says who gets what, when, and that nothing runs', () => {
  const words = meaning({ fault: fault.key, manner: 'whole', delay_ms: 1500, count: 3 }, fault);
  expect(words).toMatch(/^The next 3 requests get 429 \(too many requests\) after 1,500 ms\. .*nothing runs/);
  const one = meaning({ fault: fault.key, manner: 'slow_body', delay_ms: 0, count: 1 }, fault);
  expect(one).toMatch(/^The next request gets 429 \(too many requests\) with a slow body\./);
  const open = meaning({ fault: fault.key, manner: 'drop', delay_ms: 0 }, fault);
  expect(open).toMatch(/^Until you switch it off, every request gets a closed connection and no answer\./);
});

test('the banner says what is left; a dropped connection answers no status', () => {
  const left = { fault: fault.key, manner: 'slow_body' as const, delay_ms: 20, count: 1 };
  expect(standing(left, [fault])).toBe('Answers 429 too many requests with a slow body after 20 ms, 1 request left');
  const dropped = { fault: fault.key, manner: 'drop' as const, delay_ms: 0 };
  expect(standing(dropped, [fault])).toBe('Closes the connection without an answer, until you switch it off');
  expect(standing({ ...left, manner: 'whole', delay_ms: 0 }, [])).toBe('Answers rate_limited, 1 request left');
});
