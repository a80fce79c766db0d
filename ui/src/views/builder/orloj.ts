/** An Orloj webhook in the builder: its manifest, and the Task and the Secret that may be made with it. */
import type { ResourceRow } from '../../generated/ResourceRow';
import type { TaskWebhookManifest } from '../../generated/TaskWebhookManifest';
import type { WebhookAuth } from '../../generated/WebhookAuth';
import type { WebhookProfile } from '../../generated/WebhookProfile';
import type { WholeDraft } from './draft';
import { documents, yaml } from './yaml';

/** A template task that is made with its webhook. */
export interface NewTemplate {
  name: string;
  system: string;
  priority: string;
  input: Record<string, string>;
  /** Blank: Orloj's own. */
  max_attempts: string;
  backoff: string;
}

/** A Secret that is made with its webhook. */
export interface NewKey {
  name: string;
  /** Blank: one is made. */
  value: string;
}

/** A resource to choose by its name. */
export interface Known {
  /** `name`, or `namespace/name`. */
  reference: string;
  about: string;
}

const API_VERSION = 'orloj.dev/v1';
const DEFAULT_NAMESPACE = 'default';

/** Each profile's own values (`orloj/webhook.rs`), which a manifest need not name. */
const PROFILES: Record<WebhookProfile, { auth: Omit<WebhookAuth, 'secret_ref'>; id: string; window: number }> = {
  generic: {
    auth: {
      profile: 'generic',
      signature_header: 'X-Signature',
      signature_prefix: 'sha256=',
      timestamp_header: 'X-Timestamp',
      max_skew_seconds: 300,
    },
    id: 'X-Event-Id',
    window: 86_400,
  },
  github: {
    auth: { profile: 'github', signature_header: 'X-Hub-Signature-256', signature_prefix: 'sha256=' },
    id: 'X-GitHub-Delivery',
    window: 259_200,
  },
};

/** A webhook with everything as the profile has it. */
export function webhookOf(profile: WebhookProfile, before?: TaskWebhookManifest): TaskWebhookManifest {
  const { auth, id, window } = PROFILES[profile];
  return {
    metadata: before?.metadata ?? { name: '', namespace: DEFAULT_NAMESPACE },
    spec: {
      task_ref: before?.spec.task_ref ?? '',
      suspend: false,
      auth: { ...auth, secret_ref: before?.spec.auth.secret_ref ?? '' },
      idempotency: { event_id_header: id, dedupe_window_seconds: window },
      payload: before?.spec.payload ?? { mode: 'raw', input_key: 'webhook_payload' },
    },
  };
}

/** The webhook's manifest in a draft; undefined for the other contracts. */
export function manifestOf(draft: WholeDraft): TaskWebhookManifest | undefined {
  return draft.settings !== 'none' && 'orloj' in draft.settings ? draft.settings.orloj : undefined;
}

/** The webhook as YAML, without what its profile says anyway. The trigger's name is the resource's while it is new. */
export function webhookYaml(draft: WholeDraft, manifest: TaskWebhookManifest): string {
  const { metadata, spec } = manifest;
  const { auth, id, window } = PROFILES[spec.auth.profile];
  const other = <T>(value: T, usual: T) => (value === usual ? undefined : value);
  return yaml({
    apiVersion: API_VERSION,
    kind: 'TaskWebhook',
    metadata: {
      name: metadata.name || draft.name.trim(),
      namespace: other(metadata.namespace, DEFAULT_NAMESPACE),
      labels: metadata.labels,
    },
    spec: {
      task_ref: draft.beside?.template ? draft.beside.template.name : spec.task_ref || undefined,
      suspend: draft.enabled ? undefined : true,
      auth: {
        profile: spec.auth.profile,
        secret_ref: draft.beside?.key ? draft.beside.key.name : spec.auth.secret_ref || undefined,
        signature_header: other(spec.auth.signature_header, auth.signature_header),
        signature_prefix: other(spec.auth.signature_prefix, auth.signature_prefix),
        timestamp_header: other(spec.auth.timestamp_header, auth.timestamp_header),
        max_skew_seconds: other(spec.auth.max_skew_seconds, auth.max_skew_seconds),
      },
      idempotency: {
        event_id_header: other(spec.idempotency.event_id_header, id),
        dedupe_window_seconds: other(spec.idempotency.dedupe_window_seconds, window),
      },
      payload: { input_key: other(spec.payload.input_key, 'webhook_payload') },
    },
  });
}

function templateYaml(
  { name, system, priority, input, max_attempts, backoff }: NewTemplate,
  namespace: string,
): string {
  return yaml({
    apiVersion: API_VERSION,
    kind: 'Task',
    metadata: { name, namespace: namespace === DEFAULT_NAMESPACE ? undefined : namespace },
    spec: {
      mode: 'template',
      system,
      input,
      priority: priority === 'normal' ? undefined : priority,
      retry: {
        max_attempts: max_attempts.trim() === '' ? undefined : Number(max_attempts),
        backoff: backoff.trim() || undefined,
      },
    },
  });
}

/** A Secret with one key. */
export function keyYaml(
  at: { name: string; namespace: string; labels?: Record<string, string>; key: string },
  value: string,
): string {
  return yaml({
    apiVersion: API_VERSION,
    kind: 'Secret',
    metadata: {
      name: at.name,
      namespace: at.namespace === DEFAULT_NAMESPACE ? undefined : at.namespace,
      labels: at.labels,
    },
    spec: { stringData: { [at.key]: value } },
  });
}

/** Everything that saving applies, in one text; `value`: what the new Secret holds. */
export function applied(draft: WholeDraft, manifest: TaskWebhookManifest, value: string): string {
  const { namespace } = manifest.metadata;
  const { template, key } = draft.beside ?? {};
  return documents([
    ...(template ? [templateYaml(template, namespace)] : []),
    ...(key ? [keyYaml({ name: key.name, namespace, key: 'value' }, value)] : []),
    webhookYaml(draft, manifest),
  ]);
}

/** What is shown and copied: the same without the Secret, whose value is no text to pass around. */
export function shownYaml(draft: WholeDraft, manifest: TaskWebhookManifest): string {
  const key = draft.beside?.key;
  const note = key ? `# The Secret ${JSON.stringify(key.name)} is not printed: apply it apart.\n` : '';
  return note + applied({ ...draft, beside: { ...draft.beside, key: undefined } }, keyed(draft, manifest), '');
}

function keyed(draft: WholeDraft, manifest: TaskWebhookManifest): TaskWebhookManifest {
  const name = draft.beside?.key?.name;
  if (name === undefined) return manifest;
  return { ...manifest, spec: { ...manifest.spec, auth: { ...manifest.spec.auth, secret_ref: name } } };
}

/** A value for a new Secret: 256 random bits as hex. */
export function freshValue(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Template tasks, as a webhook in `namespace` names them. */
export function templatesOf(rows: ResourceRow[], namespace: string): Known[] {
  return rows.map((row) => {
    const { spec } = JSON.parse(row.manifest) as { spec: { system: string } };
    return { reference: reference(row, namespace), about: spec.system };
  });
}

/** Secrets, as a webhook in `namespace` names them. */
export function keysOf(rows: ResourceRow[], namespace: string): Known[] {
  return rows.map((row) => {
    const { spec } = JSON.parse(row.manifest) as { spec: { data: Record<string, string> } };
    return { reference: reference(row, namespace), about: Object.keys(spec.data).join(', ') };
  });
}

function reference(row: ResourceRow, namespace: string): string {
  return row.namespace === namespace ? row.name : `${row.namespace}/${row.name}`;
}
