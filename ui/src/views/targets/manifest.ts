/** A resource's manifest, read for showing. */
import type { ResourceRow } from '../../generated/ResourceRow';

type Fields = Record<string, unknown>;

export interface Manifest {
  createdAt?: number;
  labels: Array<[string, string]>;
  spec: Fields;
  status: Fields;
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** Words of a value: text as it is, everything else as JSON. */
export function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Reads the parts that the screen shows. */
export function manifestOf(row: ResourceRow): Manifest {
  const whole = fields(JSON.parse(row.manifest));
  const metadata = fields(whole.metadata);
  const at = typeof metadata.createdAt === 'string' ? Date.parse(metadata.createdAt) : NaN;
  return {
    ...(Number.isFinite(at) && { createdAt: at }),
    labels: Object.entries(fields(metadata.labels)).map(([name, value]) => [name, wordsOf(value)]),
    spec: fields(whole.spec),
    status: fields(whole.status),
  };
}

/** The inputs of a task, by name. */
export function inputsOf({ spec }: Manifest): Array<[string, string]> {
  return Object.entries(fields(spec.input)).map(([name, value]) => [name, wordsOf(value)]);
}

/** A Secret's keys; its values are not told. */
export function keysOf({ spec }: Manifest): string[] {
  return Object.keys(fields(spec.data));
}

/** One field of a status or spec, in words; nothing where it is empty. */
export function said(of: Fields, name: string): string | undefined {
  const value = of[name];
  return value === undefined || value === null || value === '' ? undefined : wordsOf(value);
}

/** What a row says beside its name. */
export function about(row: ResourceRow): string {
  const manifest = manifestOf(row);
  const { spec, status } = manifest;
  if (row.kind === 'Secret') return keysOf(manifest).join(', ');
  if (row.kind === 'TaskWebhook')
    return `${wordsOf(spec.task_ref)} · ${wordsOf(status.acceptedCount)} accepted, ${wordsOf(status.rejectedCount)} rejected`;
  const event = said(fields(spec.input), 'webhook_event_id');
  return [said(spec, 'system'), event && `event ${event}`].filter(Boolean).join(' · ');
}

/** The manifest as its author would have written it: without what Creel adds. */
export function editable(row: ResourceRow): string {
  const { status: _status, ...whole } = fields(JSON.parse(row.manifest));
  const { createdAt: _createdAt, ...metadata } = fields(whole.metadata);
  return JSON.stringify({ ...whole, metadata }, null, 2);
}
