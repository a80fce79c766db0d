/** A channel as its form edits it: hours as the clock shows them, the address or token only where a new one is typed. */
import type { Channel } from '../../generated/Channel';
import type { ChannelChange } from '../../generated/ChannelChange';
import type { ChannelDraft } from '../../generated/ChannelDraft';
import type { ChannelKind } from '../../generated/ChannelKind';
import type { Quiet } from '../../generated/Quiet';
import type { Severity } from '../../generated/Severity';

export type ChannelKindName = 'slack' | 'discord' | 'telegram' | 'webhook';

export interface ChannelForm {
  name: string;
  kind: ChannelKindName;
  /** Its address or token; empty: the kept one. */
  secret: string;
  chat_id: string;
  /** Where the bot API is. */
  api: string;
  severities: Severity[];
  /** `22:00`; both empty: never quiet. */
  quietFrom: string;
  quietTo: string;
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
};

export const SEVERITIES: Severity[] = ['sev0', 'sev1', 'sev2', 'sev3', 'sev4'];

const TELEGRAM_API = 'https://api.telegram.org';

export function kindName(kind: ChannelKind): ChannelKindName {
  return typeof kind === 'string' ? kind : 'telegram';
}

/** `1320` is `22:00`. */
export function clock(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The form of a channel, or of a new one. */
export function channelForm(channel: Channel | undefined): ChannelForm {
  const kind = channel?.kind ?? 'slack';
  const telegram = typeof kind === 'object' ? kind.telegram : undefined;
  return {
    name: channel?.name ?? '',
    kind: kindName(kind),
    secret: '',
    chat_id: telegram?.chat_id ?? '',
    api: telegram?.api ?? TELEGRAM_API,
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
    secret: form.secret,
    severities: form.severities,
    ...(quiet && { quiet }),
  };
}

/** What changes a channel. Hours that were taken out are told as two alike: missing ones would keep the old. */
export function channelChange(form: ChannelForm, before: Channel): ChannelChange {
  const { name, severities, secret } = form;
  const change = { id: before.id, name, severities, kind: kindOf(form), quiet: quietOf(form) ?? { from: 0, to: 0 } };
  return secret ? { ...change, secret } : change;
}

function kindOf(form: ChannelForm): ChannelKind {
  return form.kind === 'telegram'
    ? { telegram: { chat_id: form.chat_id.trim(), api: form.api.trim() || TELEGRAM_API } }
    : form.kind;
}

function quietOf({ quietFrom, quietTo }: ChannelForm): Quiet | undefined {
  const minutes = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return quietFrom && quietTo ? { from: minutes(quietFrom), to: minutes(quietTo) } : undefined;
}
