/** The task that an execution made, where it made one. */
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import type { TaskId } from '../../generated/TaskId';

/** Its id, read from the result; nothing for other actions and for those that are not done. */
export function madeTask({ execution, result }: ExecutionDetail): TaskId | undefined {
  if (execution.action !== 'create_task' || !result) return undefined;
  try {
    const id: unknown = (JSON.parse(result) as { task_id?: unknown }).task_id;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
