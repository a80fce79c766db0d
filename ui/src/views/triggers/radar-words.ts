/** What the rotation radar says. */
import type { RadarSecret } from '../../generated/RadarSecret';
import type { RotationRadar } from '../../generated/RotationRadar';
import { relativeTime } from '../../parts/times';
import { countdown } from './key-wait';

/** What a person calls a secret by its stored name; none: it is gone. */
export function secretName(name: string | undefined): string {
  if (name === undefined) return 'one that is gone';
  if (name === 'current') return 'the new secret';
  return name === 'previous' ? 'the old secret' : `the secret ${name}`;
}

/** `2 senders still use the old secret; it ends in 3 h 12 min.` */
export function headline({ secret, senders }: RadarSecret, radar: RotationRadar, now: number): string {
  const name = secretName(secret.name);
  const ends = secret.expires_at ?? 0;
  const who = senders === 1 ? '1 sender' : `${senders} senders`;
  if (ends <= now) {
    const ended = `${name[0]?.toUpperCase()}${name.slice(1)} ended ${relativeTime(ends, now)}`;
    if (senders === 0) return `${ended}; nobody uses it.`;
    return `${ended}; ${who} used it last, and ${senders === 1 ? 'is' : 'are'} refused with it now.`;
  }
  const end = `it ends in ${countdown(ends, now)}`;
  if (senders > 0) return `${who} still ${senders === 1 ? 'uses' : 'use'} ${name}; ${end}.`;
  return radar.senders.length > 0 ? `No sender uses ${name} any more; ${end}.` : `No sender was seen yet; ${end}.`;
}

/** Whether an old secret is worth a look on its own: it still works, or somebody has not changed yet. */
export function tells(radar: RotationRadar, now: number): boolean {
  return radar.secrets.some(
    ({ secret, senders }) => secret.expires_at !== null && (secret.expires_at > now || senders > 0),
  );
}
