/** A draft on its way from the list, where it was read, to the builder, where it is looked at and saved. */
import type { TriggerDraft } from '../../generated/TriggerDraft';

let waiting: TriggerDraft | undefined;

/** Hands a draft over to the builder that opens next. */
export function handOver(draft: TriggerDraft): void {
  waiting = draft;
}

/** The draft that was handed over. */
export function handedOver(): TriggerDraft | undefined {
  return waiting;
}

/** The list is shown again: whoever goes back to the builder's address begins with an empty one. */
export function forget(): void {
  waiting = undefined;
}
