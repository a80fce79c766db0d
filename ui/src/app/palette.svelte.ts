/** The command palette: what can be done here, found by a few letters. */
import uFuzzy from '@leeoniya/ufuzzy';
import { untrack } from 'svelte';

export interface PaletteEntry {
  id: string;
  label: string;
  /** Its heading: `Go to`, `Delivery`. */
  group: string;
  /** More letters to find it by. */
  about?: string;
  keys?: string;
  run: () => void;
}

/** The list is read, not scrolled through for long. */
const MOST_SHOWN = 60;

const fuzzy = new uFuzzy({ intraMode: 1, intraIns: 2 });

/** Entries that match, best first; all of them when nothing is typed. */
export function matching(entries: PaletteEntry[], typed: string): PaletteEntry[] {
  const needle = typed.trim();
  if (!needle) return entries.slice(0, MOST_SHOWN);
  const haystack = entries.map((entry) => `${entry.label} ${entry.group} ${entry.about ?? ''}`);
  const [found, info, order] = fuzzy.search(haystack, needle, 1);
  if (!found) return [];
  const ranked = order && info ? order.map((place) => info.idx[place]) : found;
  return ranked.flatMap((index) => entries[index as number] ?? []).slice(0, MOST_SHOWN);
}

export class Palette {
  open = $state(false);
  /** Views add what they offer beyond the shortcuts. */
  sources = $state.raw<Array<() => PaletteEntry[]>>([]);

  /** Offers entries until the returned function is called. */
  offer(source: () => PaletteEntry[]): () => void {
    untrack(() => (this.sources = [...this.sources, source]));
    return () => untrack(() => (this.sources = this.sources.filter((other) => other !== source)));
  }
}
