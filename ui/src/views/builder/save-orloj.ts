/** Saving an Orloj webhook: its manifest is applied as a file of it would be, with the Task and the Secret it needs. */
import type { ApiError } from '../../generated/ApiError';
import type { ResourceMetadata } from '../../generated/ResourceMetadata';
import type { Trigger } from '../../generated/Trigger';
import type { TriggerRow } from '../../generated/TriggerRow';
import { apiError, type Host } from '../../host/host';
import type { WholeDraft } from './draft';
import { applied, freshValue, manifestOf } from './orloj';

/** A webhook as it is saved, and, once, the value of the Secret that was made for it. */
export interface SavedWebhook {
  row: TriggerRow;
  secret: string | null;
}

/** Applies all of it in one transaction; then what the trigger has beside its manifest, where that changed. */
export async function saveWebhook(host: Host, draft: WholeDraft): Promise<SavedWebhook> {
  const manifest = manifestOf(draft);
  if (!manifest) throw new Error('the draft is no Orloj webhook');
  const key = draft.beside?.key;
  const value = key?.value || freshValue();
  const text = applied(draft, manifest, value);
  const done = await host.call('resources_apply', { text, dry_run: false }).catch(withoutPlace);
  const place = done.find(({ kind }) => kind === 'TaskWebhook');
  const rows = await host.call('triggers_list', {});
  const row = rows.find(({ trigger }) => place && isAt(trigger, place));
  if (!row) throw new Error('the webhook was applied and is not there');
  return { row: await beyond(host, draft, row), secret: key ? value : null };
}

/** Line and column are of a text that nobody typed: the field says where. */
function withoutPlace(error: unknown): never {
  const { message, ...rest } = apiError(error);
  throw { ...rest, message: message.replace(/^line \d+, column \d+: /, '') } satisfies ApiError;
}

function isAt({ settings }: Trigger, { name, namespace }: Pick<ResourceMetadata, 'name' | 'namespace'>): boolean {
  if (settings === 'none' || !('orloj' in settings)) return false;
  const { metadata } = settings.orloj;
  return metadata.name === name && metadata.namespace === namespace;
}

type Beyond = Pick<Trigger, 'ip_allowlist' | 'rate' | 'capture_only' | 'at_once' | 'max_body_bytes'>;

/** Who may call, how often, how much, and whether it only plans: Creel's own, of which a manifest says nothing. */
async function beyond(host: Host, draft: WholeDraft, row: TriggerRow): Promise<TriggerRow> {
  const of = ({ ip_allowlist, rate, capture_only, at_once, max_body_bytes }: Beyond) => ({
    ip_allowlist,
    rate,
    capture_only,
    at_once,
    max_body_bytes,
  });
  const change = of(draft);
  if (JSON.stringify(change) === JSON.stringify(of(row.trigger))) return row;
  return host.call('trigger_update', { id: row.trigger.id, change });
}
