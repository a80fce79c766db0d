import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePlace, pathTo, Router } from './router.svelte';

describe('a place', () => {
  it.each([
    ['', 'inbox', [], ''],
    ['#/inbox/dlv_1/body', 'inbox', ['dlv_1', 'body'], ''],
    ['#/inbox?q=sig%3Abad+a', 'inbox', [], 'sig:bad a'],
    ['#/inbox/%zz', 'inbox', ['%zz'], ''],
    ['#/inbox?q=a?b', 'inbox', [], 'a?b'],
  ])('%j is read', (fragment, view, parts, q) => {
    const place = parsePlace(fragment);
    expect([place.view, place.parts, place.query.get('q') ?? '']).toEqual([view, parts, q]);
  });

  it('is read back as it was written', () => {
    const place = parsePlace(pathTo(['inbox', 'a/b?c#d'], { q: 'event:push "x & y"', none: undefined }));
    expect(place.parts).toEqual(['a/b?c#d']);
    expect(place.query.get('q')).toBe('event:push "x & y"');
    expect(place.query.has('none')).toBe(false);
  });
});

describe('the router', () => {
  let stop: () => void;
  let router: Router;
  beforeEach(() => {
    location.hash = '';
    router = new Router();
    stop = router.start();
  });
  afterEach(() => stop());

  it('leaves an entry to go back to, unless it replaces', () => {
    const before = history.length;
    router.go('/triggers');
    expect(router.place.view).toBe('triggers');
    expect(history.length).toBe(before + 1);
    router.replace('/triggers/trg_1');
    expect(router.place.parts).toEqual(['trg_1']);
    expect(history.length).toBe(before + 1);
  });

  it('follows an address that is typed', async () => {
    location.hash = '#/settings';
    await new Promise((resolve) => window.addEventListener('hashchange', resolve, { once: true }));
    expect(router.place.view).toBe('settings');
  });
});
