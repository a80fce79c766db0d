/** How a template looks while it is typed: placeholders are coloured, what the preview calls missing is underlined. */
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import type { SpanPreview } from '../generated/SpanPreview';

/** A whole placeholder, or a `{{` that nothing closes. The core decides what it means; this only colours it. */
const PLACEHOLDER = /\{\{[^{}]*\}\}|\{\{(?![^{}]*\}\})/g;

const whole = Decoration.mark({ class: 'tpl-placeholder' });
const unclosed = Decoration.mark({ class: 'tpl-unclosed' });

const matcher = new MatchDecorator({
  regexp: PLACEHOLDER,
  decoration: (match) => (match[0].endsWith('}}') ? whole : unclosed),
});

const placeholders = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = matcher.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** Spans of the latest preview; they replace the earlier ones. */
export const setSpans = StateEffect.define<SpanPreview[]>();

const missing = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setSpans)) next = marksOf(effect.value, transaction.newDoc.length);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The preview may be older than the text: spans that reach beyond its end are left out. */
function marksOf(spans: SpanPreview[], length: number): DecorationSet {
  const ranges = spans
    .filter((span) => isWrong(span) && span.from < span.to && span.to <= length)
    .map((span) =>
      Decoration.mark({ class: 'tpl-missing', attributes: { title: span.note ?? '' } }).range(span.from, span.to),
    );
  return Decoration.set(ranges, true);
}

function isWrong(span: SpanPreview): boolean {
  return span.kind === 'missing' || span.kind === 'unclosed';
}

/** Colour and squiggles. */
export const placeholderMarks: Extension = [placeholders, missing];

/** The place itself, or the end of the placeholder that it is inside of. */
export function behindPlaceholder(text: string, at: number): number {
  for (const match of text.matchAll(/\{\{[^{}]*\}\}/g)) {
    const end = match.index + match[0].length;
    if (match.index < at && at < end) return end;
  }
  return at;
}
