// A user without a mouse: goes through the page by keys alone, counts them, and never finds the focus on nothing.
import assert from 'node:assert/strict';
import { until } from './creel.js';

/** No screen has more stops than this between one thing and the next. */
const STOPS_MOST = 80;

export class Keys {
  pressed = 0;

  constructor(page) {
    this.page = page;
  }

  /** Begins to hear what a screen reader would say by itself. */
  static async at(page) {
    await page.evaluate(listen);
    return new Keys(page);
  }

  async press(key) {
    this.pressed += 1;
    await this.page.keyboard.press(key);
  }

  async type(text) {
    this.pressed += text.length;
    await this.page.keyboard.type(text);
  }

  /** What has the focus: its name, its role, and whether that is seen. */
  focused() {
    return this.page.evaluate(focused);
  }

  /** Presses Tab, or Shift+Tab, until what is so named has the focus; each stop on the way shows that it has it. */
  async to(name, key = 'Tab') {
    const seen = [];
    for (let stop = 0; stop < STOPS_MOST; stop += 1) {
      await this.press(key);
      const at = await this.focused();
      seen.push(at.name);
      if (at.role === 'body') continue; // Behind the last stop the browser has its own.
      assert.ok(at.ring, `the focus is not seen on "${at.name}" (${at.role})`);
      if (name instanceof RegExp ? name.test(at.name) : at.name === name) return at;
    }
    assert.fail(`"${name}" is not reached; there was ${seen.join(' | ')}`);
  }

  /** What is done by a key, and where the focus is once that is so: never on nothing. */
  async does(key, done) {
    await this.press(key);
    await done();
    return until('the focus on something', async () => {
      const at = await this.focused();
      return at.role === 'body' ? undefined : at;
    });
  }

  /** How often words like these were said. */
  async said(words) {
    const all = await this.page.evaluate(() => window.said);
    return all.filter((said) => words.test(said)).length;
  }
}

function focused() {
  const element = document.activeElement ?? document.body;
  const by = (ids) =>
    ids
      ?.split(' ')
      .map((id) => document.getElementById(id)?.textContent)
      .join(' ');
  const name =
    element.getAttribute('aria-label') ??
    by(element.getAttribute('aria-labelledby')) ??
    element.labels?.[0]?.textContent ??
    element.textContent;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    name: name.replace(/\s+/g, ' ').trim(),
    role: element.getAttribute('role') ?? element.localName,
    ring: element.matches(':focus-visible') && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1,
  };
}

/** What a region says is said when it changes; what is there from its beginning only where it is an alert. */
function listen() {
  const REGIONS = '[role="status"], [role="alert"], [aria-live]';
  const heard = new Map();
  window.said = [];
  const look = () => {
    for (const region of document.querySelectorAll(REGIONS)) {
      const words = region.textContent.replace(/\s+/g, ' ').trim();
      const isNews = heard.has(region) ? heard.get(region) !== words : region.role === 'alert';
      if (words && isNews) window.said.push(words);
      heard.set(region, words);
    }
  };
  look();
  window.said = [];
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    characterData: true,
  });
}
