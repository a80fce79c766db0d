/**
 * Finding in a code view. CodeMirror's own search folds character by character, which takes seconds on a body of some
 * megabytes in one line; a regular expression over the whole text takes milliseconds.
 */
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

/** More places than anybody steps through. */
const MOST_PLACES = 10_000;

const found = StateEffect.define<{ from: number; to: number }>();

/** Marks the place that was found last; an edit moves it along. */
export const foundMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    const place = transaction.effects.find((effect) => effect.is(found))?.value;
    if (!place) return marks.map(transaction.changes);
    return Decoration.set(Decoration.mark({ class: 'cm-found' }).range(place.from, place.to));
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Goes to the next or previous place of the words, whatever their case; which one of how many, from 1. */
export function findIn(view: EditorView, words: string, step: 1 | -1): { at: number; of: number } {
  const places = placesOf(view.state.doc.toString(), words);
  if (places.length === 0) return { at: 0, of: 0 };
  const next = nextPlace(places, view.state.field(foundMark).iter().value ? view.state.selection.main.from : -1, step);
  const from = places[next] ?? 0;
  const to = from + words.length;
  view.dispatch({
    selection: { anchor: from, head: to },
    effects: [found.of({ from, to }), EditorView.scrollIntoView(from, { y: 'center', x: 'center' })],
  });
  return { at: next + 1, of: places.length };
}

/** Where the words stand, at most ten thousand places. */
export function placesOf(text: string, words: string): number[] {
  const places: number[] = [];
  if (!words) return places;
  const pattern = new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  for (const match of text.matchAll(pattern)) if (places.push(match.index) === MOST_PLACES) break;
  return places;
}

/** The place after or before `here`, around the end; -1: nothing was found yet. */
export function nextPlace(places: readonly number[], here: number, step: 1 | -1): number {
  const next = step > 0 ? places.findIndex((at) => at > here) : places.findLastIndex((at) => at < here);
  if (next >= 0) return next;
  return step > 0 ? 0 : places.length - 1;
}
