/**
 * CodeMirror writes its styles into a `<style>` element, which the content security policy (`style-src 'self'`)
 * refuses. Its style module can use a constructed sheet instead, but does so for shadow roots only: it is given
 * a stand-in for one here, and the set it leaves there is handed to the document. No nonce, no relaxed policy.
 */
import { StyleModule } from 'style-mod';

interface StyleRoot {
  ownerDocument: Document;
  adoptedStyleSheets: CSSStyleSheet[];
}

let done = false;

/** Call before the first editor is made. Does nothing the second time, or where constructed sheets are missing. */
export function useConstructedStyles(target: Document = document): void {
  if (done || !('adoptedStyleSheets' in target)) return;
  done = true;
  const root: StyleRoot = {
    ownerDocument: target,
    get adoptedStyleSheets() {
      return [...target.adoptedStyleSheets];
    },
    set adoptedStyleSheets(sheets) {
      target.adoptedStyleSheets = sheets;
    },
  };
  StyleModule.mount(root as unknown as ShadowRoot, []);
  for (const key of Object.getOwnPropertySymbols(root)) {
    Object.defineProperty(target, key, { value: Reflect.get(root, key) });
  }
}
