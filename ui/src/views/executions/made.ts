/** What an execution made, and where it is shown. */
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import { resourcePath } from '../targets/orloj-words';

export interface Made {
  /** `Open the task`. */
  words: string;
  /** The address of the screen that shows it. */
  path: string;
}

/** Read from the result, or from the plan; nothing where nothing is shown for it. */
export function madeBy({ execution, plan, result }: ExecutionDetail): Made | undefined {
  // An agent's run is there from the start: its id stands in the plan, before there is a result.
  const made = read(execution.action === 'run_agent' ? plan : result);
  const text = (name: string) => (typeof made[name] === 'string' ? made[name] : undefined);
  const at = (base: string, id: string) => `/targets/${base}/${encodeURIComponent(id)}`;
  const [task, alert, instance, run, resource] = [
    text('task_id'),
    text('alert_id'),
    text('pipeline_instance_id'),
    execution.action === 'run_agent' ? text('execution_id') : undefined,
    text('task'),
  ];
  if (task) return { words: 'Open the task', path: at('tasks', task) };
  if (alert) return { words: 'Open the alert', path: at('alerts', alert) };
  if (instance) return { words: 'Open the instance', path: at('pipelines/run', instance) };
  if (run) return { words: 'Open the agent’s execution', path: at('agents/run', run) };
  const [namespace, name] = resource?.split('/') ?? [];
  return namespace && name
    ? { words: 'Open the run task', path: resourcePath('runs', { namespace, name }) }
    : undefined;
}

/** The instance of a pipeline that an execution runs; its plan has its id before there is a result. */
export function instanceOf({ execution, plan }: ExecutionDetail): string | undefined {
  const id = execution.action === 'instantiate_pipeline' ? read(plan).instance_id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function read(result: string | null): Record<string, unknown> {
  try {
    const made: unknown = JSON.parse(result ?? 'null');
    return typeof made === 'object' && made !== null ? (made as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
