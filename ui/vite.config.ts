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

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
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
