import { beforeEach, expect, test } from 'vitest';
import { focusHere, keepFocus } from './focus';

const settled = () => new Promise((done) => setTimeout(done, 0));
const at = (id: string) => document.getElementById(id) as HTMLElement;

beforeEach(() => {
  Element.prototype.scrollIntoView ??= () => {};
  document.body.innerHTML = `<div id="root">
    <section id="outer"><article id="inner"><div id="row"><button id="gone">x</button></div><button id="other">y</button></article></section>
  </div><button id="elsewhere">z</button>`;
});

test('what the user has just opened has the focus, and can be tabbed on from', () => {
  focusHere(at('inner'));
  expect([document.activeElement, at('inner').tabIndex]).toEqual([at('inner'), -1]);
});

test('when what had the focus goes, the nearest place around it has it', async () => {
  keepFocus(at('root'));
  at('gone').focus();
  at('row').remove();
  await settled();
  expect(document.activeElement).toBe(at('inner'));
  at('other').focus();
  at('inner').remove();
  await settled();
  expect(document.activeElement).toBe(at('outer'));
});

test('the focus is not taken from where the user has put it, nor back once they left', async () => {
  keepFocus(at('root'));
  at('gone').focus();
  at('elsewhere').focus();
  await settled();
  at('inner').remove();
  await settled();
  expect(document.activeElement).toBe(at('elsewhere'));
});

test('who clicked beside everything has no focus, and what goes later changes nothing', async () => {
  keepFocus(at('root'));
  at('gone').focus();
  at('gone').blur();
  await settled();
  at('inner').remove();
  await settled();
  expect(document.activeElement).toBe(document.body);
});
