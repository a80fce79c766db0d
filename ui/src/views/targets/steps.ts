/** Steps of a pipeline as their forms edit them: each has a name, and one thing to do. */
import type { Action } from '../../generated/Action';
import type { Field } from '../../generated/Field';
import type { Filter } from '../../generated/Filter';
import type { ListId } from '../../generated/ListId';
import type { Notify } from '../../generated/Notify';
import type { PipelineStep } from '../../generated/PipelineStep';
import { newAction } from '../../builder/new-action';
import type { Pair } from './pipeline-form';

/** What a step can do; `nothing` is a heading. */
export type StepKind = 'task' | 'agent' | 'notify' | 'forward' | 'tool' | 'wait' | 'condition' | 'nothing';

/** As it is kept: what is left out has the core's default. */
export type Step = Partial<PipelineStep> & { name: string };

/** In the order of the menu. */
export const STEP_KINDS: Array<{ value: StepKind; label: string }> = [
  { value: 'task', label: 'Create a task' },
  { value: 'agent', label: 'Ask an agent' },
  { value: 'notify', label: 'Notify' },
  { value: 'forward', label: 'Send a request' },
  { value: 'tool', label: 'Run a tool' },
  { value: 'wait', label: 'Wait' },
  { value: 'condition', label: 'Go on only if…' },
  { value: 'nothing', label: 'Nothing yet' },
];

/** A pause to begin with. */
const A_MINUTE_S = 60;

/** What a step does. */
export function stepKind(step: Step): StepKind {
  return STEP_KINDS.find(({ value }) => value !== 'nothing' && step[value])?.value ?? 'nothing';
}

/** A new step of a kind; its name is none that is taken. */
export function newStep(kind: StepKind, list: ListId, taken: string[]): Step {
  return ofKind({ name: nameFor(kind === 'nothing' ? 'step' : kind, taken) }, kind, list);
}

/** The same step with another thing to do: name, time and what follows a failure stay. */
export function ofKind(step: Step, kind: StepKind, list: ListId): Step {
  const { task: _t, agent: _a, notify: _n, forward: _f, tool: _o, wait: _w, condition: _c, ...rest } = step;
  if (kind === 'nothing') return rest;
  if (kind === 'wait') return { ...rest, wait: { seconds: A_MINUTE_S } };
  if (kind === 'condition')
    return { ...rest, condition: { match: 'all', rows: [{ field: '', operator: 'is', value: '' }] } };
  return withAction(rest, newAction(ACTIONS[kind], list));
}

const ACTIONS = {
  task: 'create_task',
  agent: 'spawn_agent',
  notify: 'notify',
  forward: 'forward',
  tool: 'execute_tool',
} as const;

/** A `notify` that says nothing: a new one begins with the owner's channels, one that is kept does not. */
const QUIET: Partial<Notify> = { message: '', notify_owner: false, channels: [] };

/** What a step does as an action, with the core's defaults where it says nothing; none: it waits or asks. */
export function actionOf(step: Step): Action | undefined {
  if (step.task) return { create_task: { ...begun('create_task').create_task, ...step.task } };
  if (step.agent) return { spawn_agent: { ...begun('spawn_agent').spawn_agent, ...step.agent } };
  if (step.notify) return { notify: { ...QUIET, ...step.notify } };
  if (step.forward) return { forward: { ...begun('forward').forward, ...step.forward } };
  return step.tool ? { execute_tool: { ...step.tool, params: step.tool.params ?? {} } } : undefined;
}

/** The step with this action as what it does. */
export function withAction(step: Step, action: Action): Step {
  if ('create_task' in action) return { ...step, task: action.create_task };
  if ('spawn_agent' in action) return { ...step, agent: action.spawn_agent };
  if ('notify' in action) return { ...step, notify: action.notify };
  if ('forward' in action) return { ...step, forward: action.forward };
  return 'execute_tool' in action ? { ...step, tool: action.execute_tool } : step;
}

/** The rows of a condition. */
export function conditionOf(step: Step): Filter {
  return { match: 'all', rows: [], ...step.condition };
}

function begun<K extends (typeof ACTIONS)[keyof typeof ACTIONS]>(kind: K): Extract<Action, Record<K, unknown>> {
  return newAction(kind, '') as Extract<Action, Record<K, unknown>>;
}

/** Names of steps are given once each: they stand in the templates of later ones. */
export function nameFor(word: string, taken: string[]): string {
  const stem = word.replace(/-\d+$/, '');
  if (!taken.includes(word)) return word;
  let n = 2;
  while (taken.includes(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}

/** What the templates of the step at `n` can name beside the delivery: the variables, and what the steps before gave. */
export function ownFields(variables: Pair[], steps: Step[], n: number): Field[] {
  const field = (path: string, sample: string): Field => ({
    path,
    name: path.split('.').at(-1) ?? path,
    depth: path.split('.').length - 1,
    kind: 'string',
    sample,
  });
  const named = variables.map(({ name, value }) => ({ name: name.trim(), value })).filter(({ name }) => name);
  return [
    ...named.map(({ name, value }) => field(`variables.${name}`, value)),
    ...steps
      .slice(0, n)
      .flatMap(({ name }) => [
        field(`steps.${name}.output`, `what ${name} gave`),
        field(`steps.${name}.status`, `succeeded or failed`),
      ]),
  ];
}

/** The steps of a text, or what is wrong with it. */
export function readSteps(text: string): Step[] | string {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!Array.isArray(read)) return 'it is no list of steps';
  const wrong = read.findIndex((one) => typeof one !== 'object' || one === null || Array.isArray(one));
  if (wrong >= 0) return `step ${wrong + 1} is no object`;
  return read.map((one: Partial<PipelineStep>) => ({ ...one, name: typeof one.name === 'string' ? one.name : '' }));
}
