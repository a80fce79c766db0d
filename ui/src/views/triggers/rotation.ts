/** Rotating by the contract's own rules: a secret, PromptRails' token, or the Secret that an Orloj webhook names. */
import type { ApiError } from '../../generated/ApiError';
import type { TriggerRow } from '../../generated/TriggerRow';
import type { Host } from '../../host/host';
import { freshValue, keyYaml } from '../builder/orloj';

/** What is rotated. */
export type What = 'secret' | 'token' | 'Secret';

/** A rotation that waits for its confirmation. */
export interface Rotating {
  row: TriggerRow;
  what: What;
}

/** New values in clear, this one time. */
export interface Rotated {
  secret?: string;
  token?: string;
  /** When the old one stops working, RFC 3339; missing: it has stopped. */
  oldUntil?: string;
}

/** What of a trigger can be rotated. A token alone is enough for PromptRails; without a scheme there is nothing. */
export function rotatable({ trigger, secrets }: TriggerRow): What[] {
  if (trigger.scheme === 'none') return [];
  if (trigger.contract === 'orloj') return ['Secret'];
  if (trigger.contract === 'promptrails') return secrets.length > 0 ? ['token', 'secret'] : ['token'];
  return ['secret'];
}

/** Rotates it. */
export async function rotate(host: Host, { row, what }: Rotating, graceHours: number): Promise<Rotated> {
  const { id } = row.trigger;
  if (what === 'token') {
    const { token, old_token_expires_at } = await host.call('trigger_rotate_token', { id, grace_hours: graceHours });
    return { token, oldUntil: old_token_expires_at };
  }
  if (what === 'Secret') return { secret: await newValue(host, row) };
  const { secret, old_secret_expires_at } = await host.call('trigger_rotate_secret', { id, grace_hours: graceHours });
  return { secret, oldUntil: old_secret_expires_at };
}

/** Another value for the one key of the Secret. With several, their owner has to say what becomes of the others. */
async function newValue(host: Host, { trigger: { settings } }: TriggerRow): Promise<string> {
  if (settings === 'none' || !('orloj' in settings)) throw new Error('the trigger is no Orloj webhook');
  const { metadata, spec } = settings.orloj;
  const parts = spec.auth.secret_ref.split('/');
  const name = parts.at(-1) ?? '';
  const namespace = parts.length > 1 ? (parts[0] ?? '') : metadata.namespace;
  const kept = JSON.parse((await host.call('resource_get', { kind: 'Secret', namespace, name })).manifest) as {
    metadata: { labels?: Record<string, string> };
    spec: { data: Record<string, string> };
  };
  const keys = Object.keys(kept.spec.data);
  if (keys.length !== 1)
    throw {
      code: 'conflict',
      message: `the Secret "${name}" has ${keys.length} keys`,
      hint: 'apply it with creel apply, so that you say what becomes of each',
    } satisfies ApiError;
  const value = freshValue();
  const text = keyYaml({ name, namespace, labels: kept.metadata.labels, key: keys[0] ?? 'value' }, value);
  await host.call('resources_apply', { text, dry_run: false });
  return value;
}
