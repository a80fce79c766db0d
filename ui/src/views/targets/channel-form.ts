/** A channel as its form edits it: hours as the clock shows them, the address or token only where a new one is typed. */
import type { Channel } from '../../generated/Channel';
import type { ChannelChange } from '../../generated/ChannelChange';
import type { ChannelDraft } from '../../generated/ChannelDraft';
import type { ChannelKind } from '../../generated/ChannelKind';
import type { MailTls } from '../../generated/MailTls';
import type { Quiet } from '../../generated/Quiet';
import type { Severity } from '../../generated/Severity';

export type ChannelKindName = 'slack' | 'discord' | 'telegram' | 'webhook' | 'email' | 'desktop';

export interface ChannelForm {
  name: string;
  kind: ChannelKindName;
  /** Its address, token or password; empty: the kept one. */
  secret: string;
  chat_id: string;
  /** Where the bot API is. */
  api: string;
  mail: MailForm;
  /** What is for the owner comes here. */
  owner: boolean;
  severities: Severity[];
  /** `22:00`; both empty: never quiet. */
  quietFrom: string;
  quietTo: string;
}

/** An e-mail address and its server; the port as it is typed. */
export interface MailForm {
  host: string;
  port: string;
  tls: MailTls;
  user: string;
  from: string;
  to: string;
}

interface KindWords {
  label: string;
  /** What its secret is called, and where it is found. */
  secret: string;
  hint: string;
  placeholder: string;
}

export const CHANNEL_KINDS: Record<ChannelKindName, KindWords> = {
  slack: {
    label: 'Slack',
    secret: 'Address',
    hint: 'The address of an incoming webhook: in Slack under Apps, Incoming Webhooks.',
    placeholder: 'https://hooks.slack.com/services/…',
  },
  discord: {
    label: 'Discord',
    secret: 'Address',
    hint: 'The address of a webhook: in Discord under Channel settings, Integrations.',
    placeholder: 'https://discord.com/api/webhooks/…',
  },
  telegram: {
    label: 'Telegram',
    secret: 'Token',
    hint: 'The token that @BotFather gave you for the bot.',
    placeholder: '123456:ABC-DEF…',
  },
  webhook: {
    label: 'Webhook',
    secret: 'Address',
    hint: 'It gets a POST with {"text": …} as JSON.',
    placeholder: 'https://example.com/messages',
  },
  email: {
    label: 'E-mail',
    secret: 'Password',
    hint: 'Many services want a password for this app alone in place of your own.',
    placeholder: '',
  },
  desktop: { label: 'This desktop', secret: '', hint: '', placeholder: '' },
};

/** How a connection to a mail server is kept private, and the port that goes with it. */
export const MAIL_TLS: Record<MailTls, { label: string; port: string }> = {
  starttls: { label: 'STARTTLS', port: '587' },
  tls: { label: 'TLS', port: '465' },
  none: { label: 'None', port: '25' },
};

const MAIL: MailForm = { host: '', port: '587', tls: 'starttls', user: '', from: '', to: '' };

export const SEVERITIES: Severity[] = ['sev0', 'sev1', 'sev2', 'sev3', 'sev4'];

const TELEGRAM_API = 'https://api.telegram.org';

export function kindName(kind: ChannelKind): ChannelKindName {
  if (typeof kind === 'string') return kind;
  return 'email' in kind ? 'email' : 'telegram';
}

/** What its secret is called; none: this kind needs none. */
export function wants(form: ChannelForm): string | undefined {
  const none = form.kind === 'desktop' || (form.kind === 'email' && form.mail.user.trim() === '');
  return none ? undefined : CHANNEL_KINDS[form.kind].secret;
}

/**
 * Whether the kept secret stays with what the form says now: what was typed for one server is not sent to another one.
 */
export function keepsSecret(form: ChannelForm, channel: Channel | undefined): boolean {
  if (!channel?.secret || form.kind !== kindName(channel.kind)) return false;
  const now = channelForm(channel);
  if (form.kind === 'telegram') return form.api.trim() === now.api;
  const { host, port, tls } = form.mail;
  return form.kind !== 'email' || (host.trim() === now.mail.host && port === now.mail.port && tls === now.mail.tls);
}

/** `1320` is `22:00`. */
export function clock(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The form of a channel, or of a new one. */
export function channelForm(channel: Channel | undefined): ChannelForm {
  const kind = channel?.kind ?? 'slack';
  const telegram = typeof kind === 'object' && 'telegram' in kind ? kind.telegram : undefined;
  const mail = typeof kind === 'object' && 'email' in kind ? kind.email : undefined;
  return {
    name: channel?.name ?? '',
    kind: kindName(kind),
    secret: '',
    chat_id: telegram?.chat_id ?? '',
    api: telegram?.api ?? TELEGRAM_API,
    mail: mail ? { ...mail, port: String(mail.port) } : { ...MAIL },
    owner: channel?.owner ?? true,
    severities: channel?.severities ?? [],
    quietFrom: channel?.quiet ? clock(channel.quiet.from) : '',
    quietTo: channel?.quiet ? clock(channel.quiet.to) : '',
  };
}

/** What links a new channel. */
export function channelDraft(form: ChannelForm): ChannelDraft {
  const quiet = quietOf(form);
  return {
    name: form.name,
    kind: kindOf(form),
    owner: form.owner,
    severities: form.severities,
    ...(wants(form) && { secret: form.secret }),
    ...(quiet && { quiet }),
  };
}

/** What changes a channel. Hours that were taken out are told as two alike: missing ones would keep the old. */
export function channelChange(form: ChannelForm, before: Channel): ChannelChange {
  const { name, severities, owner, secret } = form;
  const quiet = quietOf(form) ?? { from: 0, to: 0 };
  const change = { id: before.id, name, severities, owner, kind: kindOf(form), quiet };
  return secret && wants(form) ? { ...change, secret } : change;
}

function kindOf(form: ChannelForm): ChannelKind {
  switch (form.kind) {
    case 'telegram':
      return { telegram: { chat_id: form.chat_id.trim(), api: form.api.trim() || TELEGRAM_API } };
    case 'email': {
      const { host, port, tls, user, from, to } = form.mail;
      const text = { host: host.trim(), user: user.trim(), from: from.trim(), to: to.trim() };
      return { email: { ...text, port: Number(port), tls } };
    }
    default:
      return form.kind;
  }
}

function quietOf({ quietFrom, quietTo }: ChannelForm): Quiet | undefined {
  const minutes = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return quietFrom && quietTo ? { from: minutes(quietFrom), to: minutes(quietTo) } : undefined;
}
