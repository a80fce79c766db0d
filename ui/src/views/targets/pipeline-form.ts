/** A pipeline as its form edits it: variables as rows, steps as objects, or as text while that is edited. */
import type { Pipeline } from '../../generated/Pipeline';
import type { PipelineDraft } from '../../generated/PipelineDraft';
import { scanJson } from '../../parts/json-scan';
import { readSteps, type Step } from './steps';

export interface Pair {
  name: string;
  value: string;
}

export interface PipelineForm {
  name: string;
  variables: Pair[];
  steps: Step[];
  /** The steps as they are typed as JSON; none: their forms are shown. */
  text?: string;
}

/** What a new pipeline starts with. */
export function newForm(): PipelineForm {
  return { name: '', variables: [], steps: [] };
}

/** The form of a pipeline that is there. */
export function formOf(pipeline: Pipeline): PipelineForm {
  return {
    name: pipeline.name,
    variables: Object.entries(pipeline.variables).map(([name, value]) => ({ name, value: value ?? '' })),
    ...stepsOf(pipeline.steps),
  };
}

/** Steps that no form can show are shown as JSON. */
function stepsOf(kept: unknown[]): Pick<PipelineForm, 'steps' | 'text'> {
  const text = JSON.stringify(kept, null, 2);
  const steps = readSteps(text);
  return typeof steps === 'string' ? { steps: [], text } : { steps };
}

/** What is wrong with a text that is to be JSON: `line 2, column 3: expected a comma`. */
export function jsonTrouble(text: string): string | undefined {
  const scan = scanJson(text);
  return 'problem' in scan
    ? `line ${scan.problem.line}, column ${scan.problem.column}: ${scan.problem.words}`
    : undefined;
}

/** Which names are given twice: the later would replace the earlier without a word. */
export function twice(pairs: Pair[]): string | undefined {
  const names = pairs.map(({ name }) => name.trim()).filter(Boolean);
  return names.find((name, n) => names.indexOf(name) !== n);
}

/** What is sent; rows without a name are no variables. */
export function draftOf(form: PipelineForm): PipelineDraft {
  const named = form.variables.map(({ name, value }) => [name.trim(), value] as const).filter(([name]) => name);
  return {
    name: form.name,
    variables: Object.fromEntries(named),
    steps: form.steps,
  };
}
