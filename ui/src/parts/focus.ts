/** The focus goes on where the work goes on: it is never on nothing. */

/** Takes the focus as soon as it is there, and comes into view: for what the user has just opened or made. */
export function focusHere(element: HTMLElement): void {
  if (!element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: 'nearest' });
}

/** What can be named as the place where something was. */
const PLACES = 'article, section, form, [role="group"]';

/** When what had the focus in here goes, the nearest part around it that is still there has it. */
export function keepFocus(root: HTMLElement): () => void {
  /** What has the focus, and what is around it, the nearest first. */
  let held: HTMLElement[] = [];

  const come = ({ target }: FocusEvent) => (held = target instanceof HTMLElement ? around(target, root) : []);
  // A browser may say that the focus leaves before it takes away what has it: only afterwards it is known which it was.
  const leave = () => queueMicrotask(() => held[0]?.isConnected && !held[0].matches(':focus') && (held = []));
  const watcher = new MutationObserver(() => {
    if (!held[0] || held[0].isConnected) return;
    const place = held.find((element) => element.isConnected && (element === root || element.matches(PLACES)));
    held = [];
    if (place && document.activeElement === document.body) focusHere(place);
  });

  root.addEventListener('focusin', come);
  root.addEventListener('focusout', leave);
  watcher.observe(root, { childList: true, subtree: true });
  return () => {
    watcher.disconnect();
    root.removeEventListener('focusin', come);
    root.removeEventListener('focusout', leave);
  };
}

function around(element: HTMLElement, root: HTMLElement): HTMLElement[] {
  const chain: HTMLElement[] = [];
  for (let at: HTMLElement | null = element; at; at = at === root ? null : at.parentElement) chain.push(at);
  return chain;
}
