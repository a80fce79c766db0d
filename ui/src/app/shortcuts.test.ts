import { afterEach, describe, expect, it, vi } from 'vitest';
import { keyCaps, Shortcuts, type Shortcut } from './shortcuts.svelte';

const stops: Array<() => void> = [];
afterEach(() => {
  stops.splice(0).forEach((stop) => stop());
  document.body.innerHTML = '';
});

function hearing(part: Partial<Shortcut> & { keys: string }) {
  const shortcuts = new Shortcuts();
  const run = vi.fn();
  stops.push(shortcuts.add({ label: 'Do it', group: 'Test', run, ...part }));
  return { shortcuts, run };
}

function press(key: string, target: EventTarget = document.body, more: KeyboardEventInit = {}) {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
}

describe('shortcuts', () => {
  it('run on their key, and are listed until they are taken away', () => {
    const { shortcuts, run } = hearing({ keys: 'j' });
    press('j');
    expect(run).toHaveBeenCalledOnce();
    expect(shortcuts.list).toHaveLength(1);
    stops.pop()?.();
    press('j');
    expect(run).toHaveBeenCalledOnce();
    expect(shortcuts.list).toHaveLength(0);
  });

  it('are silent while text is typed', () => {
    document.body.innerHTML = '<input /><div role="dialog"></div>';
    const { run } = hearing({ keys: 'r' });
    press('r', document.querySelector('input') as HTMLInputElement);
    expect(run).not.toHaveBeenCalled();
  });

  it('are silent below a dialog, also when that key closes the dialog', () => {
    document.body.innerHTML = '<div role="dialog"><button></button></div>';
    const { run } = hearing({ keys: 'Escape' });
    const dialog = document.querySelector('div') as HTMLElement;
    dialog.addEventListener('keydown', () => dialog.setAttribute('role', 'none'));
    press('Escape', dialog);
    expect(run).not.toHaveBeenCalled();
    press('Escape');
    expect(run).toHaveBeenCalledOnce();
  });

  it('reach through typing and dialogs when they always work', () => {
    document.body.innerHTML = '<div role="dialog"><input /></div>';
    const { run } = hearing({ keys: 'Control+Enter', always: true });
    press('Enter', document.querySelector('input') as HTMLInputElement, { ctrlKey: true });
    expect(run).toHaveBeenCalledOnce();
  });

  it('come before a field that uses the same keys, when they always work', () => {
    document.body.innerHTML = '<button></button>';
    const button = document.querySelector('button') as HTMLButtonElement;
    const own = vi.fn((event: KeyboardEvent) => event.preventDefault());
    button.addEventListener('keydown', own);
    const { run } = hearing({ keys: 'Control+Enter', always: true });
    press('Enter', button, { ctrlKey: true });
    expect(run).toHaveBeenCalledOnce();
    expect(own).not.toHaveBeenCalled();
  });

  it('can be switched off, but for those with Ctrl', () => {
    const single = hearing({ keys: 'j' });
    single.shortcuts.enabled = false;
    const withCtrl = hearing({ keys: 'Control+k' });
    withCtrl.shortcuts.enabled = false;
    press('j');
    press('k', document.body, { ctrlKey: true });
    expect(single.run).not.toHaveBeenCalled();
    expect(withCtrl.run).toHaveBeenCalledOnce();
  });

  it.each([
    ['$mod+k', ['Ctrl', 'K']],
    ['Shift+?', ['?']],
    ['Shift+F6', ['Shift', 'F6']],
    ['j', ['j']],
  ])('%s reads %j', (keys, caps) => {
    expect(keyCaps(keys)).toEqual(caps);
  });
});
