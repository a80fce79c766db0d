/** Shipped samples in groups, one a sender, in the order in which the core lists them. */
import type { SampleInfo } from '../generated/SampleInfo';

export function bySender(samples: SampleInfo[]): Array<{ sender: string; samples: SampleInfo[] }> {
  const groups = new Map<string, SampleInfo[]>();
  for (const sample of samples) groups.set(sample.sender, [...(groups.get(sample.sender) ?? []), sample]);
  return [...groups].map(([sender, own]) => ({ sender, samples: own }));
}
