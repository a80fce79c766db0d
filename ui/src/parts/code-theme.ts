/** How code looks: tokens only, so that it follows the theme. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'transparent', fontSize: 'var(--text-12)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5', fontFeatureSettings: '"calt" 0' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--accent)' },
  // A pile of combining marks must not paint over the lines around it.
  '.cm-line': { padding: '0 12px', overflowY: 'clip' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-faint)', border: 'none' },
  '.cm-gutters .cm-lineNumbers .cm-gutterElement': { padding: '0 2px 0 12px', minWidth: '36px' },
  '.cm-foldGutter .cm-gutterElement': { width: '16px', textAlign: 'center' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--bg-hover) 70%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--bg-selected)',
  },
  '.cm-found, .cm-found *': { backgroundColor: 'var(--warn)', color: 'var(--bg)' },
  '.cm-foldPlaceholder': {
    border: '1px solid var(--border)',
    backgroundColor: 'var(--bg-sunken)',
    color: 'var(--text-dim)',
  },
  '.cm-hidden-character': { color: 'var(--bad)', backgroundColor: 'var(--bad-soft)', borderRadius: '3px' },
  '.cm-problem-here': { backgroundColor: 'var(--bad-soft)', borderBottom: '2px solid var(--bad)' },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--data-key)' },
  { tag: tags.string, color: 'var(--data-string)' },
  { tag: tags.number, color: 'var(--data-number)' },
  { tag: [tags.bool, tags.null], color: 'var(--data-atom)' },
  { tag: [tags.separator, tags.bracket, tags.punctuation], color: 'var(--text-faint)' },
]);

export const codeTheme = [look, syntaxHighlighting(colours)];
