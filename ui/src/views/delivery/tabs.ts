/** The tabs of a delivery, in the order of their keys 1 to 6, and how an address names them. */

export type DeliveryTab = 'overview' | 'headers' | 'body' | 'signature' | 'runs' | 'replays';

export const TABS: ReadonlyArray<{ id: DeliveryTab; label: string }> = [
  { id: 'overview', label: 'Overview' },
  { id: 'headers', label: 'Headers' },
  { id: 'body', label: 'Body' },
  { id: 'signature', label: 'Signature' },
  { id: 'runs', label: 'Runs' },
  { id: 'replays', label: 'Replays' },
];

/** The tab that a part of an address names; anything else is the first. */
export function tabNamed(part: string | undefined): DeliveryTab {
  return TABS.find((tab) => tab.id === part)?.id ?? 'overview';
}
