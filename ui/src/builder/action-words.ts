/** What actions are called on the screen. */
import type { Action } from '../generated/Action';
import type { ActionKind } from '../generated/ActionKind';

const WORDS: Record<ActionKind, string> = {
  create_task: 'Create task',
  forward: 'Forward',
  raise_alert: 'Raise alert',
  run_task: 'Make a run task',
  spawn_agent: 'Spawn agent',
  notify: 'Notify',
  execute_tool: 'Execute tool',
  run_agent: 'Run agent',
  instantiate_pipeline: 'Instantiate pipeline',
};

/** The name of a kind of action. */
export function actionWords(kind: ActionKind): string {
  return WORDS[kind];
}

/** Which action it is: the one key of its object. */
export function kindOf(action: Action): ActionKind {
  return Object.keys(action)[0] as ActionKind;
}
