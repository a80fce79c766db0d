import { utimesSync } from 'node:fs';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

/** The control listener that `npm run dev` talks to: its base address. */
const control = process.env.CREEL_CONTROL;
const proxy = control
  ? Object.fromEntries(
      ['/rpc', '/events', '/session'].map((path) => [
        path,
        { target: control, changeOrigin: true, headers: { origin: control } },
      ]),
    )
  : undefined;

/**
 * Lets cargo see a build. The core embeds `dist`, but cargo can only watch what is there: it watches this page too, and
 * a first `dist` shows in the page's time.
 */
const tellCargo = {
  name: 'tell-cargo',
  apply: 'build' as const,
  closeBundle() {
    const now = new Date();
    utimesSync('index.html', now, now);
  },
};

export default defineConfig({
  plugins: [svelte(), svelteTesting(), tellCargo],
  base: './',
  server: { proxy },
  build: {
    target: 'safari18',
    // The content policy has no data: for fonts, and an inlined module would be an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
  },
});
