/** The fields of all kinds of tunnels in one form, and the choice that they make. */
import type { ApiError } from '../../generated/ApiError';
import type { ClientHeader } from '../../generated/ClientHeader';
import type { SshService } from '../../generated/SshService';
import type { TriggerId } from '../../generated/TriggerId';
import type { TunnelChoice } from '../../generated/TunnelChoice';
import type { TunnelKind } from '../../generated/TunnelKind';

export type KindKey = 'cloudflared' | 'ngrok' | 'ssh' | 'tailscale' | 'own' | 'command';

/** A header that tells who called; `nothing`: none does. */
export type Caller = ClientHeader | 'nothing';

export interface Form {
  token: string;
  domain: string;
  server: string;
  serverCa: string;
  service: SshService;
  host: string;
  user: string;
  sshPort: string;
  remotePort: string;
  sshAddress: string;
  identityFile: string;
  funnelPort: '443' | '8443' | '10000';
  address: string;
  port: string;
  caller: Caller;
  command: string;
  pattern: string;
  ticked: TriggerId[];
  offAfter: string;
  atStart: boolean;
}

/** What is offered for switching off by itself, in hours. */
export const OFF_AFTER_HOURS = 8;

/** The form with what was chosen last. */
export function formOf(kept?: TunnelChoice): Form {
  const form: Form = {
    token: '',
    domain: '',
    server: '',
    serverCa: '',
    service: 'localhost_run',
    host: '',
    user: '',
    sshPort: '',
    remotePort: '',
    sshAddress: '',
    identityFile: '',
    funnelPort: '443',
    address: '',
    port: '4430',
    caller: 'nothing',
    command: '',
    pattern: '(https://\\S+)',
    ticked: kept?.ticked ?? [],
    offAfter: kept ? String(kept.off_after_hours ?? '') : String(OFF_AFTER_HOURS),
    atStart: kept?.at_start ?? false,
  };
  return { ...form, ...(kept ? fieldsOf(kept.kind) : {}) };
}

function fieldsOf(kind: TunnelKind): Partial<Form> {
  if (kind === 'cloudflared') return {};
  if ('ngrok' in kind) {
    const { domain, server, server_ca } = kind.ngrok;
    return { domain: domain ?? '', server: server ?? '', serverCa: server_ca ?? '' };
  }
  if ('ssh' in kind) {
    const { service, host, user, port, remote_port, address, identity_file } = kind.ssh;
    return {
      service,
      host: host ?? '',
      user: user ?? '',
      sshPort: String(port ?? ''),
      remotePort: String(remote_port ?? ''),
      sshAddress: address ?? '',
      identityFile: identity_file ?? '',
    };
  }
  if ('tailscale' in kind) return { funnelPort: String(kind.tailscale.port ?? 443) as Form['funnelPort'] };
  if ('own' in kind) {
    const { address, port, caller } = kind.own;
    return { address, port: String(port), caller: caller ?? 'nothing' };
  }
  const { command, pattern, caller } = kind.command;
  return { command, pattern, caller: caller ?? 'nothing' };
}

/** The choice that the form makes for a kind. */
export function choiceOf(key: KindKey, form: Form): TunnelChoice {
  const hours = number(form.offAfter);
  return {
    kind: kindOf(key, form),
    ticked: form.ticked,
    at_start: form.atStart,
    ...(hours === undefined ? {} : { off_after_hours: hours }),
  };
}

function kindOf(key: KindKey, form: Form): TunnelKind {
  const caller = form.caller === 'nothing' ? {} : { caller: form.caller };
  switch (key) {
    case 'cloudflared':
      return 'cloudflared';
    case 'ngrok':
      return {
        ngrok: { ...text('domain', form.domain), ...text('server', form.server), ...text('server_ca', form.serverCa) },
      };
    case 'tailscale':
      return { tailscale: { port: Number(form.funnelPort) } };
    case 'own':
      return { own: { address: form.address.trim(), port: number(form.port) ?? 0, ...caller } };
    case 'command':
      return { command: { command: form.command, pattern: form.pattern, ...caller } };
    case 'ssh':
      return { ssh: form.service === 'own' ? ownHost(form) : { service: form.service } };
  }
}

function ownHost(form: Form) {
  return {
    service: 'own' as const,
    ...text('host', form.host),
    ...text('user', form.user),
    ...text('address', form.sshAddress),
    ...text('identity_file', form.identityFile),
    ...of('port', number(form.sshPort)),
    ...of('remote_port', number(form.remotePort)),
  };
}

function text<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  const trimmed = value.trim();
  return trimmed ? ({ [key]: trimmed } as Record<K, string>) : {};
}

function of<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, number>);
}

/** What was typed where a number belongs and is none: it is said, and nothing is started without it. */
export function noNumber(key: KindKey, form: Form): ApiError | undefined {
  const own = key === 'ssh' && form.service === 'own';
  const fields: Array<[string, string]> = [
    ['off_after_hours', form.offAfter],
    ...(own
      ? ([
          ['kind.ssh.port', form.sshPort],
          ['kind.ssh.remote_port', form.remotePort],
        ] as Array<[string, string]>)
      : []),
    ...(key === 'own' ? ([['kind.own.port', form.port]] as Array<[string, string]>) : []),
  ];
  const wrong = fields.find(([, typed]) => typed.trim() !== '' && number(typed) === undefined);
  if (!wrong) return undefined;
  const [field, typed] = wrong;
  const hours = field === 'off_after_hours';
  const hint = hours ? 'type 1 to 168, or leave it empty: then it stays on' : 'type a number up to 65535';
  return {
    code: 'invalid',
    message: `"${typed.trim()}" is no number ${hours ? 'of hours' : 'of a port'}`,
    hint,
    field,
  };
}

/** A whole number that fits a port. */
function number(value: string): number | undefined {
  const trimmed = value.trim();
  return /^\d{1,5}$/.test(trimmed) && Number(trimmed) <= 65_535 ? Number(trimmed) : undefined;
}
