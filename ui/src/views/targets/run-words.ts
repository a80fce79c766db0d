/** Where instances of pipelines and executions of agents stand, as colour, icon and word; what steps are called. */
import { Ban, CircleCheck, CircleX, Clock, LoaderCircle } from '@lucide/svelte';
import type { AgentExecutionStatus } from '../../generated/AgentExecutionStatus';
import type { PipelineStatus } from '../../generated/PipelineStatus';
import type { Icon } from '../../parts/Icon';

export interface Look {
  word: string;
  tone: 'ok' | 'bad' | 'muted' | 'accent';
  icon: Icon;
}

/** Where a run of either kind can stand. */
export type RunStatus = AgentExecutionStatus | PipelineStatus;

export const RUNS: Readonly<Record<RunStatus, Look>> = {
  pending: { word: 'Waiting', tone: 'accent', icon: Clock },
  running: { word: 'Running', tone: 'accent', icon: LoaderCircle },
  completed: { word: 'Completed', tone: 'ok', icon: CircleCheck },
  failed: { word: 'Failed', tone: 'bad', icon: CircleX },
  cancelled: { word: 'Cancelled', tone: 'muted', icon: Ban },
};

/** What a step is called: its name, what it does, or its number. */
export function stepName(step: unknown, n: number): string {
  if (typeof step === 'string' && step) return step;
  if (typeof step === 'object' && step !== null)
    for (const key of ['name', 'title', 'action', 'type']) {
      const word = (step as Record<string, unknown>)[key];
      if (typeof word === 'string' && word) return word;
    }
  return `Step ${n + 1}`;
}
