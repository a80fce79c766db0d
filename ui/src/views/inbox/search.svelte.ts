/** The search box as it is typed in: suggestions, what the query means, what is wrong with it. */
import type { Suggestion } from '../../generated/Suggestion';
import type { Suggestions } from '../../generated/Suggestions';
import type { Host } from '../../host/host';

export class SearchState {
  readonly #host: Host;
  text = $state('');
  known = $state.raw<Suggestions>();
  /** Index of the suggestion that Enter would take; -1: none. */
  chosen = $state(-1);
  #asked = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks what could come next and what the text means; false when the answer was overtaken, and dropped. */
  async ask(caret: number): Promise<boolean> {
    const asked = ++this.#asked;
    try {
      const known = await this.#host.call('search_suggest', { q: this.text, caret });
      if (asked !== this.#asked) return false;
      this.known = known;
      this.chosen = -1;
    } catch {
      if (asked !== this.#asked) return false;
      this.known = undefined;
    }
    return true;
  }

  /** Moves the choice through the suggestions, past either end to none. */
  move(step: number): void {
    const count = this.known?.items.length ?? 0;
    this.chosen = ((this.chosen + 1 + step + count + 1) % (count + 1)) - 1;
  }

  /** Puts a suggestion in place of the caret's word; returns where the caret goes. */
  take(suggestion: Suggestion): number {
    const { from, to } = this.known ?? { from: this.text.length, to: this.text.length };
    const space = suggestion.text.endsWith(':') ? '' : ' ';
    const rest = this.text.slice(to);
    this.text = this.text.slice(0, from) + suggestion.text + (rest.startsWith(' ') ? '' : space) + rest;
    return from + suggestion.text.length + space.length;
  }
}
