// What the journeys through contracts share: axe, pictures of a state in both themes and sizes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { picture } from './creel.js';
import { settled } from './screens.js';
import { serious } from './sound.js';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
];

/** Looks at what is shown in both themes and both sizes: a picture each, and axe finds nothing serious. */
export async function looked(page, name) {
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await settled(page);
      await picture(page, `${name}-${theme}-${size.width}`);
    }
    assert.deepEqual(await serious(page), [], `${name} in ${theme}`);
  }
  await page.setViewportSize(SIZES[0]);
}

/** Runs lines as they stand in a real shell, with these variables; what they printed. */
export function ranInShell(lines, variables) {
  return new Promise((resolve, reject) => {
    execFile('bash', ['-eu', '-c', lines], { env: { ...process.env, ...variables } }, (error, printed, complaint) =>
      error ? reject(new Error(`${error.message}\n${complaint}`)) : resolve(printed),
    );
  });
}
