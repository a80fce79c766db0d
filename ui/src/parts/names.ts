/** Words that stay as they are at the beginning of a sentence. */

const PROGRAMS = new Set([
  'ngrok',
  'cloudflared',
  'ssh',
  'ssh-keyscan',
  'gh',
  'tailscale',
  'tailscaled',
  'localhost.run',
  'pinggy',
  'serveo',
]);

/** Whether a text begins with a name that is written in small letters: a program, a host, an address, a path. */
export function beginsWithName(text: string): boolean {
  const first = text.split(/\s/, 1)[0] ?? '';
  return PROGRAMS.has(first.replace(/['’]s$|[,:]$/, '')) || /[./:@_{}]./.test(first);
}
