/** The tunnel in words. */
import type { Outage } from '../../generated/Outage';
import type { TunnelCard } from '../../generated/TunnelCard';
import type { TunnelKind } from '../../generated/TunnelKind';
import type { TunnelNow } from '../../generated/TunnelNow';
import type { TunnelState } from '../../generated/TunnelState';
import { clockTime } from '../../parts/times';

export const STATE_WORDS: Record<TunnelState, string> = {
  off: 'off',
  starting: 'starting',
  checking: 'checking the address',
  online: 'online',
  waiting: 'down, trying again',
  needs_you: 'needs you',
};

/** Kinds of which everything has to be typed: they are there for those who have a way already. */
const TYPED = ['own', 'command'];

/** The kinds in the order to look at them: those that start as they are, those that miss something, those to be typed. */
export function readyFirst(cards: TunnelCard[]): TunnelCard[] {
  const rank = ({ key, needs }: TunnelCard) => (TYPED.includes(key) ? 2 : needs.ready ? 0 : 1);
  return cards.toSorted((one, other) => rank(one) - rank(other));
}

/** The kind to begin with: the first that needs nothing more; none where each misses something. */
export function bestOf(cards: TunnelCard[]): string | undefined {
  return cards.find(({ key, needs }) => needs.ready && !TYPED.includes(key))?.key;
}

/** The state as a screen reader says it, once a change. */
export function stateAloud(now: TunnelNow): string {
  if (now.state === 'off') return 'No tunnel runs.';
  if (now.host_key) return `${now.host_key.host} shows a key: is it trusted?`;
  const at = now.state === 'online' && now.address ? ` at ${now.address}` : '';
  return `The tunnel ${now.name}: ${STATE_WORDS[now.state]}${at}.`;
}

/** What people call a kind. */
export function kindWords(kind: TunnelKind): string {
  if (kind === 'cloudflared') return 'a Cloudflare quick tunnel';
  if ('ngrok' in kind) return 'ngrok';
  if ('tailscale' in kind) return 'Tailscale Funnel';
  if ('own' in kind) return kind.own.address;
  if ('command' in kind) return 'your own command';
  const services = { localhost_run: 'localhost.run', pinggy: 'pinggy', serveo: 'serveo', own: kind.ssh.host ?? 'ssh' };
  return services[kind.ssh.service];
}

/** When it was down, the latest ones: what a sender sent then is not here. */
export function outagesInWords(outages: Outage[]): string {
  const shown = outages.slice(-3).map(({ from, to }) => {
    const until = to == null ? 'now' : clockTime(to);
    return `${clockTime(from)}–${until}`;
  });
  const more = outages.length > shown.length ? `, and ${outages.length - shown.length} times before` : '';
  return `Down ${shown.join(', ')}${more}.`;
}
