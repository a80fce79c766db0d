import { expect, test } from 'vitest';
import { TableHost } from '../../../tests/host';
import type { TunnelCard } from '../../generated/TunnelCard';
import type { TunnelChoice } from '../../generated/TunnelChoice';
import type { TunnelView } from '../../generated/TunnelView';
import { Tunnel } from './tunnel.svelte';
import { choiceOf, formOf, noNumber } from './tunnel-form';
import { bestOf, outagesInWords, readyFirst, stateAloud } from './tunnel-words';

const exposure = { sentence: '', reached: [], kept_back: [] };
const view = (part: Partial<TunnelView['now']> = {}, kept?: TunnelChoice) =>
  ({ now: { state: 'off', name: '', failed: 0, outages: [], ...part }, exposure, kept }) as TunnelView;

function open(answers = {}) {
  const host = new TableHost({
    tunnels_list: () => [],
    tunnel_get: () => view(),
    tunnel_plan: () => exposure,
    tunnel_start: () => view({ state: 'starting' }),
    tunnel_token: () => ({}),
    ...answers,
  });
  return { host, tunnel: new Tunnel(host) };
}

test('what was chosen last fills the form, and the form makes the same choice again', () => {
  const choices: TunnelChoice[] = [
    { kind: 'cloudflared', ticked: ['trg_a'], off_after_hours: 8, at_start: true },
    { kind: { ngrok: { domain: 'hooks.ngrok.app' } }, ticked: [], at_start: false },
    {
      kind: { ssh: { service: 'own', host: 'h', user: 'u', address: 'https://x', port: 2222, remote_port: 80 } },
      ticked: [],
      at_start: false,
    },
    { kind: { tailscale: { port: 8443 } }, ticked: [], at_start: false },
    { kind: { own: { address: 'https://x', port: 4430, caller: 'x_real_ip' } }, ticked: [], at_start: false },
    { kind: { command: { command: 'bore {port}', pattern: '(x)' } }, ticked: [], at_start: false },
  ];
  const keys = ['cloudflared', 'ngrok', 'ssh', 'tailscale', 'own', 'command'] as const;
  choices.forEach((choice, n) => expect(choiceOf(keys[n]!, formOf(choice))).toEqual(choice));
});

test('a new tunnel is offered an end after a working day', () => {
  expect(choiceOf('cloudflared', formOf()).off_after_hours).toBe(8);
});

test('a typed token is kept before the start, and nowhere in the choice', async () => {
  const { host, tunnel } = open();
  await tunnel.load();
  tunnel.choose('ngrok');
  tunnel.form.token = 'tok';
  await tunnel.start();
  const names = host.calls.map(([name]) => name).filter((name) => name.startsWith('tunnel_') && name !== 'tunnel_get');
  expect(names).toEqual(['tunnel_plan', 'tunnel_token', 'tunnel_start']);
  expect(JSON.stringify(host.calls.at(-1))).not.toContain('tok"');
  expect(tunnel.form.token).toBe('');
  expect(tunnel.open).toBeUndefined();
});

test('a refused start stays open with its error', async () => {
  const refuse = () => {
    throw new Error('no');
  };
  const { tunnel } = open({ tunnel_start: refuse });
  await tunnel.load();
  tunnel.choose('own');
  await tunnel.start();
  expect(tunnel.open).toBe('own');
  expect(tunnel.error).toBeDefined();
});

test('a tunnel that needs its user is nothing that runs: the kinds are offered', async () => {
  const { host, tunnel } = open({ tunnel_get: () => ({ ...view({ state: 'needs_you' }), running: null }) });
  await tunnel.load();
  expect(tunnel.isOn).toBe(false);
  host.answers.tunnel_get = () => ({
    ...view({ state: 'waiting' }),
    running: { kind: 'cloudflared', ticked: [], at_start: false },
  });
  tunnel.apply({ tunnel: 'waiting' });
  await new Promise((done) => setTimeout(done));
  expect(tunnel.isOn).toBe(true);
});

test('outages are told from their first moment to their last', () => {
  const words = outagesInWords([
    { from: 0, to: 60_000, why: '' },
    { from: 120_000, to: null, why: '' },
  ] as never);
  expect(words).toMatch(/^Down \d\d:\d\d:00–\d\d:\d\d:00, \d\d:\d\d:00–now\.$/);
});

test('what is no number is said at its field, and nothing is started', async () => {
  const { host, tunnel } = open();
  tunnel.choose('cloudflared');
  tunnel.form.offAfter = '8h';
  await tunnel.start();
  expect(tunnel.error).toMatchObject({ field: 'off_after_hours', message: '"8h" is no number of hours' });
  expect(host.calls.some(([command]) => command === 'tunnel_start')).toBe(false);
  tunnel.form.offAfter = '';
  await tunnel.start();
  expect(host.calls.some(([command]) => command === 'tunnel_start')).toBe(true);
  const own = { ...formOf(), service: 'own' as const, sshPort: 'ssh', port: '99999' };
  expect(noNumber('ssh', own)?.field).toBe('kind.ssh.port');
  expect(noNumber('own', own)?.field).toBe('kind.own.port');
  expect(noNumber('ssh', { ...own, service: 'pinggy' })).toBeUndefined();
});

test('a screen reader hears the state and nothing that ticks', () => {
  const now = view({ state: 'online', name: 'ngrok', address: 'https://x.example', since: 5, round_trip_ms: 7 }).now;
  expect(stateAloud(now)).toBe('The tunnel ngrok: online at https://x.example.');
  expect(stateAloud({ ...now, round_trip_ms: 8 })).toBe(stateAloud(now));
  expect(stateAloud(view().now)).toBe('No tunnel runs.');
});

test('the question about a host’s key is heard as a question', () => {
  const host_key = { host: 'hooks.example.com', kind: 'ED25519', fingerprint: 'SHA256:x', key: 'x', changed: false };
  const { now } = view({ state: 'needs_you', name: 'hooks.example.com', host_key });
  expect(stateAloud(now)).toBe('hooks.example.com shows a key: is it trusted?');
});

test('the kinds stand in the order to look at them, and the first that is ready is the one to begin with', () => {
  const card = (key: string, ready: boolean) => ({ key, needs: { ready } }) as TunnelCard;
  const kinds = (cloudflared: boolean, ssh: boolean) => [
    card('cloudflared', cloudflared),
    card('own', true),
    card('ngrok', false),
    card('ssh', ssh),
  ];
  const keys = (cards: TunnelCard[]) => readyFirst(cards).map(({ key }) => key);
  expect(keys(kinds(false, true))).toEqual(['ssh', 'cloudflared', 'ngrok', 'own']);
  expect(keys(kinds(true, true))).toEqual(['cloudflared', 'ssh', 'ngrok', 'own']);
  expect([bestOf(kinds(false, true)), bestOf(kinds(false, false))]).toEqual(['ssh', undefined]);
});
