/** Puts the field that was meant in the place of one that is missing. */
import type { SpanPreview } from '../generated/SpanPreview';

/**
 * The template with the span's placeholder replaced. The preview may be older than the text: where the span's place
 * holds something else by now, the text comes back as it is.
 */
export function fixSpan(template: string, span: SpanPreview): string {
  const there = template.slice(span.from, span.to);
  if (span.path === null || span.did_you_mean === null || !there.includes(span.path)) return template;
  const mended = there.replace(span.path, () => span.did_you_mean ?? '');
  return template.slice(0, span.from) + mended + template.slice(span.to);
}
