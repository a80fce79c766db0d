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
