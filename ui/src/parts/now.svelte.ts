/** The current time for relative dates, one timer for all of them. */
import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 1000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  return () => clearInterval(timer);
});

/** Milliseconds since 1970; what reads it in an effect is run again every second. */
export function now(): number {
  subscribe();
  return Date.now();
}
