/**
 * Untrusted text for the screen: what hides or reorders other characters (bidirectional and control characters,
 * zero-width ones, piles of combining marks) becomes a visible name, so that a value cannot look like another one
 * (`trust.md` T21).
 */

/** Control, soft hyphen, bidirectional, zero-width, invisible operators, variation and tag characters. */
export const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Half of a pair that has lost its other half cannot be drawn. */
const LONE_SURROGATE = /[\ud800-\udfff]/gu;

/** Written languages need a few marks on a letter; more only paints over the neighbours. */
const MARKS_KEPT = 6;
const MARKS = new RegExp(`(\\p{M}{${MARKS_KEPT}})(\\p{M}+)`, 'gu');

/** The text with every hidden character named. `keep`: line feeds and tabs that stay, because the place shows lines. */
export function visible(text: string, keep: 'nothing' | 'lines' = 'nothing'): string {
  return text
    .replace(HIDDEN, (character) => (keep === 'lines' && /[\n\t]/.test(character) ? character : nameOf(character)))
    .replace(LONE_SURROGATE, nameOf)
    .replace(MARKS, (_, kept: string, more: string) => `${kept}⟨${[...more].length} more marks⟩`);
}

/** `⟨U+202E⟩` */
export function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
