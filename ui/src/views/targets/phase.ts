/** Orloj's phases as colour, icon and word. */
import { CircleAlert, CircleCheck, Clock } from '@lucide/svelte';
import type { Look } from './run-words';

/** What a phase looks like; a word that is not known is shown as it is. */
export function phaseLook(phase: string | undefined): Look {
  if (phase === 'Ready') return { word: 'Ready', tone: 'ok', icon: CircleCheck };
  if (phase === 'Error') return { word: 'Error', tone: 'bad', icon: CircleAlert };
  return { word: phase ?? 'Unknown', tone: 'accent', icon: Clock };
}
