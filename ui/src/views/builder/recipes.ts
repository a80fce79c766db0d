/** What a new trigger of each contract begins with: its scheme and limits, and an action from the service's document. */
import type { Contract } from '../../generated/Contract';
import type { ListId } from '../../generated/ListId';
import { emptyDraft, newTask, type WholeDraft } from './draft';

/** The contracts that the builder makes triggers of. PromptRails' need an agent, Orloj's a manifest: those make theirs. */
export const CONTRACTS: Array<{ value: Contract; label: string; about: string }> = [
  { value: 'creel', label: 'Creel', about: 'Any scheme, your own answer' },
  { value: 'opengate', label: 'OpenGate', about: '/api/webhooks/trigger/…, answers with the task' },
  { value: 'octipus', label: 'Octipus', about: '/api/webhooks/…, several hooks on one path' },
  { value: 'opshift', label: 'OpShift', about: '/api/alerts/trigger/…, gathers alerts' },
];

/** OpShift's documented cap for one webhook. */
const OPSHIFT_PER_MINUTE = 60;
/** For how long Octipus knows a delivery id; nobody else's documents name a window. */
const DAY_HOURS = 24;

/** The part of a new draft that its contract decides. */
export function recipe(contract: Contract, list: ListId): Partial<WholeDraft> {
  const { settings, scheme, rate, dedup, missing, actions } = emptyDraft(list);
  const plain = { contract, settings, scheme, rate, dedup, missing, actions, slug: undefined, make_secret: undefined };
  const never = { by_event_id: false, by_body: false, window_hours: DAY_HOURS };
  if (contract === 'opengate')
    return {
      ...plain,
      scheme: 'opengate',
      dedup: never,
      actions: [task(list, '[{{payload.environment}}] {{payload.title}}')],
    };
  if (contract === 'octipus')
    return {
      ...plain,
      scheme: 'octipus',
      make_secret: true,
      dedup: { ...never, by_event_id: true },
      missing: 'keep',
      settings: {
        octipus: { description: '', path: '', conditions: [], priority: 0, max_executions: null, cooldown_ms: null },
      },
      actions: [task(list, 'Webhook received: {{webhook.body.event}}')],
    };
  if (contract === 'opshift')
    return {
      ...plain,
      scheme: 'opshift',
      dedup: never,
      rate: { per_minute: OPSHIFT_PER_MINUTE, burst: OPSHIFT_PER_MINUTE },
      settings: { opshift: { default_severity: null, reopen_hours: DAY_HOURS, filter_rules: [] } },
      actions: [],
    };
  return plain;
}

function task(list: ListId, title: string) {
  const made = newTask(list);
  return 'create_task' in made ? { create_task: { ...made.create_task, title } } : made;
}
