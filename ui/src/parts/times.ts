/** Dates, durations and sizes as a person reads them. */

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  // Not `hour12: false`: some locales then write midnight as 24:00.
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

const STEPS: Array<[Intl.RelativeTimeFormatUnit, number]> = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** `14:05:11`. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** `14:05`. */
export function shortClock(at: number): string {
  return clock.format(at).slice(0, 5);
}

/** `14:05:11` today, `Nov 20 14:05` before. */
export function rowTime(at: number, now: number): string {
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return today ? clockTime(at) : `${day.format(at)} ${clockTime(at).slice(0, 5)}`;
}

/** The exact moment, with milliseconds: what a tooltip shows. */
export function exactTime(at: number): string {
  return `${full.format(at)} (.${String(at % 1000).padStart(3, '0')})`;
}

/** `2 min. ago`, `in 3 hr.`. */
export function relativeTime(at: number, now: number): string {
  const away = at - now;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(away) >= step) ?? (['second', 1000] as const);
  // What is to come is rounded: eight hours that begin now are no seven.
  return relative.format(away > 0 ? Math.round(away / size) : Math.trunc(away / size), unit);
}

/** `820 µs`, `4 ms`, `1.2 s`, `3 min`. */
export function duration(us: number): string {
  if (us < 1000) return `${us} µs`;
  if (us < 999_500) return `${us < 10_000 ? trimmed(us / 1000) : Math.round(us / 1000)} ms`;
  return us < 60_000_000 ? `${trimmed(us / 1_000_000)} s` : `${Math.round(us / 60_000_000)} min`;
}

/** `88 B`, `7.2 kB`, `14 MB`: powers of ten, as the settings count. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  // A value that would be rounded to 1000 belongs to the next unit.
  if (bytes < 999_500) return `${short(bytes / 1000)} kB`;
  return bytes < 999_500_000 ? `${short(bytes / 1_000_000)} MB` : `${short(bytes / 1_000_000_000)} GB`;
}

/** `7,205`. */
export function grouped(count: number): string {
  return count.toLocaleString();
}

function short(value: number): string {
  return value < 10 ? trimmed(value) : String(Math.round(value));
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
