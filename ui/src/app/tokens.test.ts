import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** WCAG 2.2 AA for text of any size. */
const LEAST = 4.5;

const css = readFileSync('src/app/tokens.css', 'utf8');

function pair(name: string): [string, string] {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  if (!found?.[1] || !found[2]) throw new Error(`tokens.css has no pair --${name}`);
  return [found[1], found[2]];
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['bg', 'bg-raised', 'bg-sunken', 'bg-input', 'bg-hover', 'bg-selected', 'bg-popover'];
const TEXTS = ['text', 'text-dim', 'text-faint', 'accent-text'];
const STATES = ['ok', 'bad', 'warn', 'muted', 'replay'];
const DATA = ['data-key', 'data-string', 'data-number', 'data-atom'];

const PAIRS = [
  ...GROUNDS.flatMap((ground) => [...TEXTS, ...STATES, ...DATA].map((text) => [text, ground] as const)),
  ...STATES.map((state) => [state, `${state}-soft`] as const),
  ...STATES.flatMap((state) => [['text', `${state}-soft`] as const, ['text-dim', `${state}-soft`] as const]),
  ['on-accent', 'accent'] as const,
  ['on-accent', 'accent-hover'] as const,
  ['accent-text', 'accent-soft'] as const,
];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the %s colours', (_, theme) => {
  it.each(PAIRS)('%s is readable on %s', (text, ground) => {
    expect(contrast(pair(text)[theme], pair(ground)[theme])).toBeGreaterThanOrEqual(LEAST);
  });
});
