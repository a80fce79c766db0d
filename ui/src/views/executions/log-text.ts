/** An execution's log as plain text, for the clipboard. Secrets are masked in it already: the core masks them. */
import type { ExecutionDetail } from '../../generated/ExecutionDetail';
import { duration } from '../../parts/times';

/** One line a step, details indented below. */
export function logText({ execution, steps }: ExecutionDetail): string {
  const head = `${execution.id} ${execution.trigger_name} · ${execution.summary} · ${execution.status}`;
  const lines = steps.flatMap((step) => {
    const at = new Date(step.at).toISOString();
    const line = `${at} attempt ${step.attempt} ${step.ok ? 'ok  ' : 'FAIL'} ${step.name} (${duration(step.duration_us)}) ${step.words}`;
    return step.detail ? [line, ...step.detail.split('\n').map((text) => `    ${text}`)] : [line];
  });
  const error = execution.error ? [`error: ${execution.error.message}`, `hint: ${execution.error.hint ?? '-'}`] : [];
  return [head, ...lines, ...error].join('\n');
}
