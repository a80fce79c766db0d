/** How a replay went against its original, in words. */
import type { Delivery } from '../../generated/Delivery';
import { OUTCOMES, SIGNATURES } from './outcome-words';

/** One sentence; what is the same is not told. */
export function againstOriginal(replay: Delivery, original: Delivery): string {
  const differences: string[] = [];
  const differ = (now: string, then: string) => now !== then && differences.push(`${now}, the original ${then}`);
  differ(`answered ${replay.answer_status}`, `answered ${original.answer_status}`);
  differ(OUTCOMES[replay.outcome].word.toLowerCase(), OUTCOMES[original.outcome].word.toLowerCase());
  differ(SIGNATURES[replay.signature].word.toLowerCase(), SIGNATURES[original.signature].word.toLowerCase());
  if (replay.bytes !== original.bytes) differences.push(`${replay.bytes} bytes instead of ${original.bytes}`);
  return differences.length > 0 ? differences.join('; ') : 'same answer and outcome as the original';
}
