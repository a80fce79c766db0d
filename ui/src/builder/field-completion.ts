/** Autocomplete inside `{{ }}`: the sample's field paths, each with its value. */
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import type { Field } from '../generated/Field';
import { visible } from '../parts/visible';

/** An open placeholder up to the caret: the braces, spaces, and what of the path is there. */
const OPEN = /\{\{\s*([^{}\s]*)$/;

/** Completions over the fields that `fields` returns at that moment. */
export function fieldCompletion(fields: () => Field[]): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos);
    const open = OPEN.exec(line.text.slice(0, context.pos - line.from));
    if (!open) return null;
    return { from: context.pos - (open[1] ?? '').length, options: fields().map(completionOf), validFor: /^[^{}\s]*$/ };
  };
}

function completionOf(field: Field): Completion {
  return {
    label: field.path,
    displayLabel: visible(field.path),
    detail: visible(field.sample),
    boost: 10 - field.depth,
    apply: applyPath,
  };
}

/** Puts the path in, and the closing braces where they are not there yet. */
function applyPath(view: EditorView, completion: Completion, from: number, to: number): void {
  const after = view.state.doc.sliceString(to, to + 3);
  const close = /^\s?\}\}/.exec(after);
  const insert = close ? completion.label : `${completion.label}}}`;
  const caret = from + completion.label.length + (close ? close[0].length : 2);
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: caret }, userEvent: 'input.complete' });
}
