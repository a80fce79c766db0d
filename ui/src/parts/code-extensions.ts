/** What the code view and the body editor are made of. */
import { history, historyKeymap, defaultKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, codeFolding, foldGutter, foldKeymap } from '@codemirror/language';
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
import { foundMark } from './code-find';
import { HIDDEN, nameOf } from './visible';

/** Longer texts are shown without colours: parsing them would cost more than it tells. */
const COLOURED = 1_000_000;

/** Ctrl+Enter sends or tests what is edited; here it would only add a line. */
const KEYS = defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter');

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
    foundMark,
    EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
    keymap.of([...KEYS, ...foldKeymap]),
    codeTheme,
    options.language === 'json' && options.length <= COLOURED ? json() : [],
    options.wrap ? EditorView.lineWrapping : [],
    options.problem === undefined ? [] : markAt(options.problem, options.length),
    onchange ? editing(onchange) : EditorState.readOnly.of(true),
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
