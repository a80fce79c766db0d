/** The parts of a replay that an error can be about; any other error is shown above the plan. */
export const PLACED = [
  'target',
  'method',
  'headers',
  'body',
  'body_base64',
  'signing',
  'at',
  'broken',
  'times',
  'new_event_id',
];

/** Whether some field of the form shows an error with this `field`. */
export function isPlaced(field: string | undefined): boolean {
  return field !== undefined && PLACED.some((place) => field === place || field.startsWith(`${place}.`));
}

/** A moment in `datetime-local`'s words, in this machine's time zone: `2026-11-21T14:05:11`. */
export function localTime(at: number): string {
  const shifted = at - new Date(at).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 19);
}
