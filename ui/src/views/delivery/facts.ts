/** What is known of a delivery besides its headers and body, as names and values. */
import type { DeliveryDetail } from '../../generated/DeliveryDetail';
import { exactTime, grouped } from '../../parts/times';

export interface Fact {
  name: string;
  value: string;
  data?: boolean;
  note?: string;
}

/** In the order of a person's questions: what, when, from whom, which bytes. */
export function factsOf(detail: DeliveryDetail): Fact[] {
  const { delivery } = detail;
  const facts: Array<Fact | false> = [
    { name: 'Delivery', value: delivery.id, data: true },
    delivery.event_id !== null && { name: 'Event id', value: delivery.event_id, data: true, note: eventNote(detail) },
    delivery.imported
      ? {
          name: 'Imported',
          value: exactTime(delivery.received_at),
          note: 'From the sender’s own record: nobody called.',
        }
      : { name: 'Received', value: exactTime(delivery.received_at) },
    { name: 'Target', value: `${delivery.method} ${detail.target}`, data: true },
    { name: 'Contract', value: delivery.contract ?? 'none: no endpoint has this path' },
    delivery.peer !== null && { name: 'Caller', value: delivery.peer, data: true },
    { name: 'Body', value: bodyWords(detail), note: bodyNote(detail) },
    { name: 'SHA-256', value: detail.body_sha256, data: true },
    delivery.replay_of !== null && { name: 'Replay of', value: delivery.replay_of, data: true },
  ];
  return facts.filter((fact) => fact !== false);
}

function eventNote({ delivery }: DeliveryDetail): string | undefined {
  if (delivery.outcome === 'duplicate')
    return 'This event id came before; it was answered as a duplicate and ran nothing.';
  if (delivery.conflict) return 'Conflict: this event id came before with another body.';
  return undefined;
}

function bodyWords({ body_bytes, content_type }: DeliveryDetail): string {
  return `${grouped(body_bytes)} ${body_bytes === 1 ? 'byte' : 'bytes'}${content_type ? `, ${content_type}` : ''}`;
}

function bodyNote({ delivery, body_bytes, body_kept }: DeliveryDetail): string | undefined {
  if (body_kept < body_bytes) return `Only the first ${grouped(body_kept)} bytes are kept: the delivery was refused.`;
  return delivery.identical_body ? 'The same body came before within 72 hours.' : undefined;
}
