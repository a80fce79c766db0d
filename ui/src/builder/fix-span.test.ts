import { expect, test } from 'vitest';
import type { SpanPreview } from '../generated/SpanPreview';
import { fixSpan } from './fix-span';

function missing(from: number, to: number, path: string, meant: string | null): SpanPreview {
  return { kind: 'missing', text: '', from, to, path, note: null, did_you_mean: meant };
}

test('the path that was meant takes the place of the missing one; spaces and the rest stay', () => {
  const template = 'by {{ payload.autor }} today';
  expect(fixSpan(template, missing(3, 22, 'payload.autor', 'payload.author'))).toBe('by {{ payload.author }} today');
});

test('a replacement is text, never a pattern', () => {
  expect(fixSpan('{{a}}', missing(0, 5, 'a', "payload.$&$'"))).toBe("{{payload.$&$'}}");
});

test('a span of an older text changes nothing', () => {
  expect(fixSpan('{{payload.title}}', missing(0, 17, 'payload.autor', 'payload.author'))).toBe('{{payload.title}}');
});

test('without a suggestion nothing changes', () => {
  expect(fixSpan('{{payload.autor}}', missing(0, 17, 'payload.autor', null))).toBe('{{payload.autor}}');
});
