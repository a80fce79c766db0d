/** What a new step can be: each with the fields that its kind needs, to be filled in. */
import type { ListId } from '../../generated/ListId';

/** Names of steps are given once each: they stand in the templates of later ones. */
function nameFor(word: string, taken: string[]): string {
  if (!taken.includes(word)) return word;
  let n = 2;
  while (taken.includes(`${word}-${n}`)) n += 1;
  return `${word}-${n}`;
}

/** The kinds in the order of a menu, by what they are called. */
export const STEP_KINDS: Array<{ word: string; label: string; work: (list: ListId) => object }> = [
  { word: 'task', label: 'Create a task', work: (list_id) => ({ task: { list_id, title: '{{payload.title}}' } }) },
  { word: 'agent', label: 'Ask an agent', work: () => ({ agent: { prompt: 'Say what happened.', topic: '' } }) },
  { word: 'notify', label: 'Notify', work: () => ({ notify: { message: '{{payload.title}}' } }) },
  {
    word: 'forward',
    label: 'Send a request',
    work: () => ({ forward: { url: 'https://', body: { template: '{{variables.name}}' } } }),
  },
  {
    word: 'tool',
    label: 'Run a tool',
    work: () => ({ tool: { tool: 'http', action: 'request', params: { url: 'https://' } } }),
  },
  { word: 'wait', label: 'Wait', work: () => ({ wait: { seconds: 60 } }) },
  {
    word: 'condition',
    label: 'Go on only if…',
    work: () => ({ condition: { match: 'all', rows: [{ field: 'payload.status', operator: 'is', value: 'ok' }] } }),
  },
];

/** A new step of a kind, as JSON text; its name is none that is taken. */
export function newStep(word: string, list: ListId, taken: string[]): string {
  const kind = STEP_KINDS.find((one) => one.word === word);
  return JSON.stringify({ name: nameFor(word, taken), ...kind?.work(list) }, null, 2);
}
