/** The tunnel in words. */
import type { Outage } from '../../generated/Outage';
import type { TunnelKind } from '../../generated/TunnelKind';

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

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** When it was down, the latest ones: what a sender sent then is not here. */
export function outagesInWords(outages: Outage[]): string {
  const shown = outages.slice(-3).map(({ from, to }) => {
    const until = to == null ? 'now' : clock.format(to);
    return `${clock.format(from)}–${until}`;
  });
  const more = outages.length > shown.length ? `, and ${outages.length - shown.length} times before` : '';
  return `Down ${shown.join(', ')}${more}.`;
}
