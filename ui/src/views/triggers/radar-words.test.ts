import { expect, test } from 'vitest';
import type { RadarSecret } from '../../generated/RadarSecret';
import type { RadarSender } from '../../generated/RadarSender';
import { headline, tells } from './radar-words';

const HOUR = 3_600_000;
const secret = (senders: number, expires_at: number, name = 'previous'): RadarSecret => ({
  secret: { id: 'sec_1', name, bytes: 32, created_at: 0, expires_at, last_used_at: null },
  senders,
});
const sender: RadarSender = { address: '140.82.115.7', agent: 'a', secret_id: 'sec_2', deliveries: 1, last_at: 0 };

test('it says who still uses the old secret and when it ends', () => {
  const seen = { secrets: [], senders: [sender], more: 0 };
  expect(headline(secret(2, 3 * HOUR + 12 * 60_000), seen, 0)).toBe(
    '2 senders still use the old secret; it ends in 3 h 12 min.',
  );
  expect(headline(secret(1, 60_000, 'of Deploys'), seen, 0)).toBe(
    '1 sender still uses the secret of Deploys; it ends in 1:00.',
  );
  expect(headline(secret(0, HOUR), seen, 0)).toBe('No sender uses the old secret any more; it ends in 1 h 0 min.');
  expect(headline(secret(0, HOUR), { ...seen, senders: [] }, 0)).toMatch(/^No sender was seen yet/);
  expect(headline(secret(1, 0), seen, 2 * HOUR)).toMatch(
    /^The old secret ended .*1 sender used it last, and is refused/,
  );
});

test('an old secret that ended and that nobody used last tells nothing', () => {
  const radar = (old: RadarSecret) => ({ secrets: [old], senders: [], more: 0 });
  expect(tells(radar(secret(0, HOUR)), 0)).toBe(true);
  expect(tells(radar(secret(1, HOUR)), 2 * HOUR)).toBe(true);
  expect(tells(radar(secret(0, HOUR)), 2 * HOUR)).toBe(false);
});
