/**
 * Untrusted text for the screen: characters that hide or reorder others (bidirectional controls, zero-width ones,
 * control characters) become visible names, so that a value cannot look like another one (`trust.md` T21).
 */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** The text with every hidden character written as `⟨U+202E⟩`; line feeds and tabs stay when `lines` is set. */
export function shown(text: string, lines: 'keep' | 'show' = 'show'): string {
  return text.replace(HIDDEN, (character) => {
    if (lines === 'keep' && (character === '\n' || character === '\t' || character === '\r')) return character;
    return `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
