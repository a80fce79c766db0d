/** What the code view and the body editor are made of. */
import { history, historyKeymap, defaultKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, codeFolding, foldGutter, foldKeymap } from '@codemirror/language';
import {
  findNext,
  findPrevious,
  getSearchQuery,
  openSearchPanel,
  search,
  SearchQuery,
  setSearchQuery,
} from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { codeTheme } from './code-theme';
import { HIDDEN, nameOf } from './visible';

/** Longer texts are shown without colours: parsing them would cost more than it tells. */
const COLOURED = 1_000_000;

/** Matches that are counted. */
const MOST_MATCHES = 10_000;

export interface CodeOptions {
  language: 'json' | 'text';
  length: number;
  label: string;
  wrap: boolean;
  /** Where something is wrong, in UTF-16 units. */
  problem?: number;
  /** Given: the text can be edited. */
  onchange?: (text: string) => void;
}

/** Carriage returns stay what they are: only line feeds end a line. */
export function codeExtensions(options: CodeOptions): Extension[] {
  const { onchange } = options;
  return [
    EditorState.lineSeparator.of('\n'),
    lineNumbers(),
    codeFolding({ placeholderText: '…' }),
    foldGutter(),
    highlightSpecialChars({ specialChars: HIDDEN, render: hiddenCharacter }),
    // The find box is the view's own; the panel has to exist for matches to be marked.
    search({ createPanel: () => ({ dom: document.createElement('div') }) }),
    EditorView.contentAttributes.of({ 'aria-label': options.label }),
    keymap.of([...defaultKeymap, ...foldKeymap]),
    codeTheme,
    options.language === 'json' && options.length <= COLOURED ? json() : [],
    options.wrap ? EditorView.lineWrapping : [],
    options.problem === undefined ? [] : markAt(options.problem, options.length),
    onchange ? editing(onchange) : [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ tabindex: '0' })],
  ];
}

function editing(onchange: (text: string) => void): Extension[] {
  const changed = EditorView.updateListener.of((update) => update.docChanged && onchange(update.state.doc.toString()));
  return [history(), bracketMatching(), highlightActiveLine(), keymap.of(historyKeymap), changed];
}

function hiddenCharacter(code: number): HTMLElement {
  const mark = document.createElement('span');
  mark.className = 'cm-hidden-character';
  mark.textContent = nameOf(String.fromCodePoint(code));
  return mark;
}

function markAt(at: number, length: number): Extension {
  if (length === 0) return [];
  const from = Math.min(at, length - 1);
  return EditorView.decorations.of(Decoration.set(Decoration.mark({ class: 'cm-problem-here' }).range(from, from + 1)));
}

/** Goes to the next or previous match; which one of how many, from 1. */
export function findIn(view: EditorView, words: string, step: 1 | -1): { at: number; of: number } {
  if (getSearchQuery(view.state).search !== words) {
    openSearchPanel(view);
    view.dispatch({ effects: setSearchQuery.of(new SearchQuery({ search: words, literal: true })) });
  }
  if (!words) return { at: 0, of: 0 };
  (step > 0 ? findNext : findPrevious)(view);
  return placeOfMatch(view, words);
}

function placeOfMatch(view: EditorView, words: string): { at: number; of: number } {
  const here = view.state.selection.main.from;
  let [at, of] = [0, 0];
  const cursor = new SearchQuery({ search: words, literal: true }).getCursor(view.state);
  for (let next = cursor.next(); !next.done && of < MOST_MATCHES; next = cursor.next()) {
    of += 1;
    if (next.value.from === here) at = of;
  }
  return { at, of };
}
