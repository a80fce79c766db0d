/** The schemes as the builder lists them: group by group, by name within each. */
import type { SchemeGroup } from '../../generated/SchemeGroup';
import type { SchemeInfo } from '../../generated/SchemeInfo';

const GROUPS: Record<SchemeGroup, string> = {
  own: 'Yours',
  generic: 'Shared by many senders',
  platform: 'Developer platforms',
  business: 'Business services',
  contract: 'Contracts',
};

export function grouped(schemes: SchemeInfo[]): Array<{ scheme: SchemeInfo; group: string }> {
  const order = Object.keys(GROUPS);
  const place = (scheme: SchemeInfo) => order.indexOf(scheme.group);
  const sorted = schemes.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
  return sorted.map((scheme) => ({ scheme, group: GROUPS[scheme.group] }));
}
