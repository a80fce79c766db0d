/** F6 moves the focus from pane to pane: every element with `data-pane-name`, in the page's order. */

const FOCUSABLE = 'a[href],button:not(:disabled),input:not(:disabled),textarea,select,[tabindex="0"]';

/** Focuses the next pane (or the previous one) after the one that has the focus. */
export function focusNextPane(back = false): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane-name]')].filter((pane) => pane.offsetParent);
  if (!panes.length) return;
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes.at((here + (back ? -1 : 1) + (here < 0 && back ? 1 : 0)) % panes.length);
  const within = next?.querySelector<HTMLElement>('[data-pane-focus]') ?? next?.querySelector<HTMLElement>(FOCUSABLE);
  within?.focus();
}
