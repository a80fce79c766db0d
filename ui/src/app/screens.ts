/** The screens behind the rail, in its order. To add one: an entry here, and a component in `views/`. */
import { Inbox } from '@lucide/svelte';
import type { Component } from 'svelte';

export interface Screen {
  /** First part of its address. */
  view: string;
  label: string;
  icon: typeof Inbox;
  /** The component, loaded when it is first shown. */
  load: () => Promise<{ default: Component }>;
}

export const SCREENS: Screen[] = [
  { view: 'inbox', label: 'Inbox', icon: Inbox, load: () => import('../views/inbox/InboxView.svelte') },
];
