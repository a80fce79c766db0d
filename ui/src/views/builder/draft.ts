/** Drafts of triggers as the builder edits them: complete, so that no field of the form is ever undefined. */
import type { Contract } from '../../generated/Contract';
import type { ListId } from '../../generated/ListId';
import type { Trigger } from '../../generated/Trigger';
import type { TriggerDraft } from '../../generated/TriggerDraft';
import { newAction } from '../../builder/new-action';
import type { NewAgent } from '../../builder/new-agent';
import type { NewKey, NewTemplate } from './orloj';

/** What is made together with a trigger, when it is saved. */
export interface Beside {
  agent?: NewAgent;
  template?: NewTemplate;
  key?: NewKey;
}

/** A draft whose every setting is there; how its secret comes to be, and what is made beside it, is optional. */
export type WholeDraft = Required<Omit<TriggerDraft, 'secret' | 'secret_from' | 'make_secret' | 'slug'>> &
  Pick<TriggerDraft, 'secret' | 'secret_from' | 'make_secret' | 'slug'> & { beside?: Beside };

/** The contracts whose addresses end with what the user chose as a slug; the others make theirs. */
const HAS_SLUG: Contract[] = ['creel', 'opshift'];

/** What a new trigger starts with: the core's own defaults (`trigger.rs`), and one task to make. */
export function emptyDraft(list: ListId): WholeDraft {
  return {
    name: '',
    contract: 'creel',
    settings: 'none',
    scheme: 'github',
    enabled: true,
    methods: ['POST'],
    ip_allowlist: [],
    rate: { per_minute: 0, burst: 60 },
    dedup: { by_event_id: true, by_body: true, window_hours: 72 },
    max_body_bytes: 0,
    filter: { match: 'all', rows: [] },
    actions: [newAction('create_task', list)],
    missing: 'empty',
    reply: { status: 202, headers: [], body: null, delay_ms: 0 },
    capture_only: false,
    at_once: 0,
  };
}

/** A draft from the core with what it leaves out filled in. It gets an action when it has none: that is the point. */
export function wholeDraft(draft: TriggerDraft, list: ListId): WholeDraft {
  const whole: WholeDraft = { ...emptyDraft(list), ...withoutUndefined(draft) };
  return whole.actions.length > 0 ? whole : { ...whole, actions: [newAction('create_task', list)] };
}

/** An existing trigger as a draft. Its secret is not in it: the form changes it by rotation only. */
export function draftOf(trigger: Trigger): WholeDraft {
  const { id: _id, project_id: _project, created_at: _created, updated_at: _updated, ...settings } = trigger;
  return structuredClone(settings);
}

/** What `trigger_update` takes: the contract, the slug of `opengate` and empty secrets are not changes. */
export function changeOf(draft: WholeDraft): TriggerDraft {
  const { contract, slug, secret: _secret, secret_from: _from, make_secret: _make, beside: _beside, ...rest } = draft;
  return HAS_SLUG.includes(contract) ? { ...rest, slug } : rest;
}

/** What `trigger_create` takes: `opengate` has no slug, and a blank secret or slug is left to the core. */
export function creationOf(draft: WholeDraft): TriggerDraft {
  const { slug, secret, secret_from, beside: _beside, ...rest } = draft;
  const made: TriggerDraft = { ...rest };
  if (slug && HAS_SLUG.includes(draft.contract)) made.slug = slug;
  if (draft.scheme === 'none') return made;
  if (secret) made.secret = secret;
  else if (secret_from) made.secret_from = secret_from;
  return made;
}

function withoutUndefined(draft: TriggerDraft): TriggerDraft {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined && value !== null));
}
