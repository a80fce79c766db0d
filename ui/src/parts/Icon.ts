/** What a part takes as an icon: any component of `@lucide/svelte`. */
import type { Inbox } from '@lucide/svelte';

export type Icon = typeof Inbox;
