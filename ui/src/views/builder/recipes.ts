/** What a new trigger of each contract begins with: its scheme and limits, and an action from the service's document. */
import type { Contract } from '../../generated/Contract';
import type { ListId } from '../../generated/ListId';
import type { TriggerDraft } from '../../generated/TriggerDraft';
import { newAction } from '../../builder/new-action';
import { emptyDraft, type WholeDraft } from './draft';
import { webhookOf } from './orloj';

/** The contracts, as they are chosen. */
export const CONTRACTS: Array<{ value: Contract; label: string; about: string }> = [
  { value: 'creel', label: 'Creel', about: 'Any scheme, your own answer' },
  { value: 'opengate', label: 'OpenGate', about: '/api/webhooks/trigger/…, answers with the task' },
  { value: 'octipus', label: 'Octipus', about: '/api/webhooks/…, several hooks on one path' },
  { value: 'promptrails', label: 'PromptRails', about: '/api/v1/webhook/trigger, a token selects the agent' },
  { value: 'orloj', label: 'Orloj', about: '/v1/webhook-deliveries/…, makes run tasks of a template' },
  { value: 'opshift', label: 'OpShift', about: '/api/alerts/trigger/…, gathers alerts' },
];

/** OpShift's documented cap for one webhook. */
const OPSHIFT_PER_MINUTE = 60;
/** For how long Octipus knows a delivery id; nobody else's documents name a window. */
const DAY_HOURS = 24;

/** The part of a new draft that its contract decides. */
export function recipe(contract: Contract, list: ListId): Partial<WholeDraft> {
  const { settings, scheme, rate, dedup, missing, actions } = emptyDraft(list);
  const unsaid = {
    slug: undefined,
    secret: undefined,
    secret_from: undefined,
    make_secret: undefined,
    beside: undefined,
  };
  const plain = { contract, settings, scheme, rate, dedup, missing, actions, ...unsaid };
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
  if (contract === 'promptrails')
    return {
      ...plain,
      scheme: 'promptrails',
      dedup: never,
      // The token's hash is the core's to set; the form has nothing to say about it.
      settings: { promptrails: { token_sha256: '', token_prefix: '' } },
      actions: [newAction('run_agent', list)],
    };
  if (contract === 'orloj')
    return {
      ...plain,
      scheme: 'orloj-generic',
      dedup: { ...never, by_event_id: true },
      settings: { orloj: webhookOf('generic') },
      actions: [],
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

/** What was imported, over what its contract begins with. It does what it says, and nothing where it says nothing. */
export function importedDraft(draft: TriggerDraft, list: ListId): WholeDraft {
  const begun = { ...emptyDraft(list), ...recipe(draft.contract ?? 'creel', list), actions: [] };
  const said = Object.entries(draft).filter(([, value]) => value !== undefined && value !== null);
  return { ...begun, ...Object.fromEntries(said) };
}

function task(list: ListId, title: string) {
  const made = newAction('create_task', list);
  return 'create_task' in made ? { create_task: { ...made.create_task, title } } : made;
}
