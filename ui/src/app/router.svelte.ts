/** Where the user is, kept in the address's fragment: `#/inbox/dlv_…/body?q=sig:bad`. */

/** A parsed fragment. */
export interface Place {
  /** The first part: `inbox`. */
  view: string;
  /** The parts after it, decoded. */
  parts: string[];
  /** What stands after `?`. */
  query: URLSearchParams;
}

/** The view that an empty or broken address means. */
const HOME = 'inbox';

/** Reads a fragment with or without its `#`; a part that is not decodable stays as it is. */
export function parsePlace(fragment: string): Place {
  const [path = '', query = ''] = fragment.replace(/^#/, '').split(/\?(.*)/s);
  const [view, ...parts] = path.split('/').filter(Boolean).map(decoded);
  return { view: view ?? HOME, parts, query: new URLSearchParams(query) };
}

/** Writes an address that `parsePlace` reads back; empty values are left out. */
export function pathTo(parts: string[], query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const search = new URLSearchParams(given).toString();
  return `/${parts.map(encodeURIComponent).join('/')}${search && `?${search}`}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export class Router {
  place = $state.raw<Place>(parsePlace(location.hash));
  /** Asked before the place changes; false stays. Set by a view with changes that are not saved. */
  guard: (() => boolean | Promise<boolean>) | undefined;
  #fragment = location.hash;

  /** Follows the address until the returned function is called. */
  start(): () => void {
    const read = () => void this.#follow();
    this.#arrive(location.hash);
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }

  /** Goes to a path such as `/triggers/new?from=dlv_…`; Back returns here. */
  go(path: string): void {
    if (location.hash === `#${path}`) return;
    void this.#leave(() => history.pushState(null, '', `#${path}`));
  }

  /** Like `go`, without an entry in the history: moving through a list must not fill it. */
  replace(path: string): void {
    void this.#leave(() => history.replaceState(null, '', `#${path}`));
  }

  /** The address changed by itself (a link, Back): while a guard is asked, the old one is shown. */
  async #follow(): Promise<void> {
    const wanted = location.hash;
    if (wanted === this.#fragment) return;
    if (this.guard) history.replaceState(null, '', this.#fragment || '#');
    await this.#leave(() => history.replaceState(null, '', wanted || '#'));
  }

  async #leave(move: () => void): Promise<void> {
    const guarded = this.guard;
    if (guarded) {
      const may = guarded();
      if (!(may === true || (await may))) return;
    }
    move();
    this.#arrive(location.hash);
  }

  #arrive(fragment: string): void {
    this.#fragment = fragment;
    this.place = parsePlace(fragment);
  }
}
