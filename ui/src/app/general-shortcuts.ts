/** The keys that work on every screen. */
import type { App } from './app.svelte';
import { focusNextPane } from './panes';
import type { Shortcut } from './shortcuts.svelte';

export function generalShortcuts(app: App): Shortcut[] {
  return [
    {
      keys: '$mod+k',
      label: 'Command palette',
      group: 'Everywhere',
      always: true,
      quiet: true,
      run: () => (app.palette.open = !app.palette.open),
    },
    { keys: 'Shift+?', label: 'All keys', group: 'Everywhere', hint: 'keys', run: () => (app.keysOpen = true) },
    {
      keys: 'n',
      label: 'New trigger',
      group: 'Everywhere',
      run: () => app.router.go('/triggers/new'),
    },
    { keys: 'F6', label: 'Next pane', group: 'Everywhere', always: true, quiet: true, run: () => focusNextPane() },
    {
      keys: 'Shift+F6',
      label: 'Previous pane',
      group: 'Everywhere',
      always: true,
      quiet: true,
      run: () => focusNextPane(true),
    },
  ];
}
