/** What people read about a scheme: its group, how sure its rule is, where it is from. */
import type { SchemeCertainty } from '../../generated/SchemeCertainty';
import type { SchemeGroup } from '../../generated/SchemeGroup';
import type { SchemeInfo } from '../../generated/SchemeInfo';

/** The groups in the order in which they are listed. */
export const GROUPS: Record<SchemeGroup, string> = {
  own: 'Yours',
  generic: 'Shared by many senders',
  platform: 'Developer platforms',
  business: 'Business services',
  contract: 'Contracts',
};

export const CERTAINTY: Record<SchemeCertainty, string> = {
  reproduced: 'Reproduced: a value that the provider published, or its library made, came out',
  documented: 'Documented by the provider',
  sdk: 'As the provider’s library does it',
  secondary: 'As others say who cite the provider',
  own: 'Your own word',
};

/** Where the rule is from, in one line: `docs.github.com/…, checked 2026-11-20`. */
export function sourceLine(scheme: Pick<SchemeInfo, 'source' | 'checked'>): string | undefined {
  if (!scheme.source) return undefined;
  return scheme.checked ? `${scheme.source}, checked ${scheme.checked}` : scheme.source;
}

export interface SchemesOfGroup {
  group: string;
  schemes: SchemeInfo[];
}

/** Those that have every word of the search in name, key, place or rule; group by group, by name within each. */
export function found(schemes: SchemeInfo[], search: string): SchemesOfGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = ({ name, key, place, words: rule }: SchemeInfo) => `${name} ${key} ${place} ${rule}`.toLowerCase();
  const fits = schemes.filter((scheme) => words.every((word) => text(scheme).includes(word)));
  return (Object.keys(GROUPS) as SchemeGroup[])
    .map((group) => ({
      group: GROUPS[group],
      schemes: fits.filter((scheme) => scheme.group === group).toSorted((a, b) => a.name.localeCompare(b.name)),
    }))
    .filter(({ schemes: some }) => some.length > 0);
}
