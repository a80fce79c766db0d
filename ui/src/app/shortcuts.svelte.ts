/** Every key that does something, in one place: heard, listed in the `?` sheet, shown in menus and in the palette. */
import { untrack } from 'svelte';
import { tinykeys } from 'tinykeys';

export interface Shortcut {
  /** In tinykeys' words: `j`, `Shift+?`, `$mod+k`. */
  keys: string;
  /** What it does: `Replay this delivery`. */
  label: string;
  /** Its heading in the sheet: `Inbox`. */
  group: string;
  run: (event: KeyboardEvent) => void;
  /** Also while text is being typed or a dialog is open: Ctrl+S, Ctrl+Enter. */
  always?: boolean;
  /** One or two words for the status strip: `replay`. */
  hint?: string;
  /** Not offered in the palette: moving about, palette itself. */
  quiet?: boolean;
}

const mac = /Mac|iP(hone|ad)/.test(navigator.platform);

const NAMES: Record<string, string> = {
  $mod: mac ? '⌘' : 'Ctrl',
  Shift: mac ? '⇧' : 'Shift',
  Alt: mac ? '⌥' : 'Alt',
  Enter: '↵',
  Escape: 'Esc',
  ArrowDown: '↓',
  ArrowUp: '↑',
};

/** The keys as a person reads them, one per cap: `$mod+k` is `Ctrl`, `K`. `Shift+?` is just `?`. */
export function keyCaps(keys: string): string[] {
  const parts = keys.split('+');
  const last = parts.at(-1) ?? '';
  const shown = parts.length > 1 && /^[^a-z0-9]$/i.test(last) ? [last] : parts;
  return shown.map((part) => NAMES[part] ?? (shown.length > 1 && part.length === 1 ? part.toUpperCase() : part));
}

/** Whether typing goes into this element. */
function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function overlayOpen(): boolean {
  return document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"],[data-select-content]') !== null;
}

export class Shortcuts {
  /** Single keys work; switched off in Settings for those whom they disturb. Ctrl, Alt and F keys always do. */
  enabled = $state(true);
  list = $state.raw<Shortcut[]>([]);
  /** A dialog or menu was open when the key went down: it has closed by the time that the key arrives here. */
  #covered = false;

  constructor() {
    window.addEventListener('keydown', () => (this.#covered = overlayOpen()), { capture: true });
  }

  /** Adds shortcuts and hears them until the returned function is called. */
  add(...shortcuts: Shortcut[]): () => void {
    const stops = shortcuts.map((shortcut) =>
      // Those that always work come before the field or the menu that has the focus, which may use the same keys.
      tinykeys(window, { [shortcut.keys]: (event) => this.#hear(shortcut, event) }, { capture: shortcut.always }),
    );
    // Untracked: an effect that adds keys must not run again because keys were added.
    untrack(() => (this.list = [...this.list, ...shortcuts]));
    return () => {
      for (const stop of stops) stop();
      untrack(() => (this.list = this.list.filter((shortcut) => !shortcuts.includes(shortcut))));
    };
  }

  #hear(shortcut: Shortcut, event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (!shortcut.always && (takesText(event.target) || this.#covered)) return;
    if (!this.enabled && isSingle(shortcut.keys)) return;
    event.preventDefault();
    if (shortcut.always) event.stopPropagation();
    shortcut.run(event);
  }
}

/** One printable key without Ctrl or Alt; only these can be switched off. */
function isSingle(keys: string): boolean {
  return (keys.split('+').at(-1) ?? '').length === 1 && !/\$mod|Control|Alt|Meta/.test(keys);
}
