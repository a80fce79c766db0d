import '@testing-library/jest-dom/vitest';

// jsdom has no layout and no media queries; parts that ask for them get honest "nothing" answers.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
window.matchMedia ??= (query) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
