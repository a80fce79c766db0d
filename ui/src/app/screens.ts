/** The screens behind the rail, in its order. To add one: an entry here, and a component in `views/`. */
import { Cable, Inbox, ListTodo, Play, SlidersHorizontal, Zap } from '@lucide/svelte';
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
  { view: 'triggers', label: 'Triggers', icon: Zap, load: () => import('../views/triggers/TriggersView.svelte') },
  {
    view: 'executions',
    label: 'Executions',
    icon: Play,
    load: () => import('../views/executions/ExecutionsView.svelte'),
  },
  { view: 'targets', label: 'Targets', icon: ListTodo, load: () => import('../views/targets/TargetsView.svelte') },
  { view: 'connect', label: 'Connect', icon: Cable, load: () => import('../views/connect/ConnectView.svelte') },
  {
    view: 'settings',
    label: 'Settings',
    icon: SlidersHorizontal,
    load: () => import('../views/settings/SettingsScreen.svelte'),
  },
];
