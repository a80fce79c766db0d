/** The four shelves of Orloj's resources: what they hold, what they say when they are empty, what a new one starts as. */
import { FileCog, KeyRound, PlayCircle, Webhook } from '@lucide/svelte';
import type { ResourceKind } from '../../generated/ResourceKind';
import type { TaskMode } from '../../generated/TaskMode';
import type { Icon } from '../../parts/Icon';

export type Shelf = 'runs' | 'templates' | 'webhooks' | 'secrets';

interface Look {
  label: string;
  icon: Icon;
  /** Which resources stand on it. */
  of: { kind: ResourceKind; mode?: TaskMode };
  /** One of them: `run task`. */
  one: string;
  /** The title of the empty shelf, and its text. */
  empty: [string, string];
  /** A manifest to begin with; runs are made by deliveries, secrets by a form. */
  manifest?: string;
}

const TEMPLATE = `apiVersion: orloj.dev/v1
kind: Task
metadata:
  name: weekly-report-template
spec:
  mode: template
  system: report-system
  input:
    topic: AI startups
  priority: high
`;

const WEBHOOK = `apiVersion: orloj.dev/v1
kind: TaskWebhook
metadata:
  name: report-webhook
spec:
  task_ref: weekly-report-template
  auth:
    profile: generic
    secret_ref: webhook-shared-secret
`;

export const SHELVES: Readonly<Record<Shelf, Look>> = {
  runs: {
    label: 'Run tasks',
    icon: PlayCircle,
    of: { kind: 'Task', mode: 'run' },
    one: 'run task',
    empty: [
      'No run tasks',
      'A task webhook makes one out of its template with every delivery. It needs a template, a secret and the webhook.',
    ],
  },
  templates: {
    label: 'Templates',
    icon: FileCog,
    of: { kind: 'Task', mode: 'template' },
    one: 'template',
    empty: ['No templates', 'A template is a task that waits: each delivery makes a run task with its inputs.'],
    manifest: TEMPLATE,
  },
  webhooks: {
    label: 'Task webhooks',
    icon: Webhook,
    of: { kind: 'TaskWebhook' },
    one: 'task webhook',
    empty: ['No task webhooks', 'A task webhook is an endpoint: it names a template and the secret that signs.'],
    manifest: WEBHOOK,
  },
  secrets: {
    label: 'Secrets',
    icon: KeyRound,
    of: { kind: 'Secret' },
    one: 'secret',
    empty: ['No secrets', 'A secret signs for the task webhooks that name it. Its values are kept and never shown.'],
  },
};

/** The shelf that an address names; run tasks where it names none. */
export function shelfOf(word: string | undefined): Shelf {
  return word !== undefined && word in SHELVES ? (word as Shelf) : 'runs';
}

/** The address of one resource. */
export function resourcePath(shelf: Shelf, at: { namespace: string; name: string }): string {
  return `/targets/orloj/${shelf}/${encodeURIComponent(at.namespace)}/${encodeURIComponent(at.name)}`;
}
