/** What the form of every kind of action gets: in a trigger's Do-block and in a step of a pipeline alike. */
import type { Agent } from '../generated/Agent';
import type { Channel } from '../generated/Channel';
import type { Field } from '../generated/Field';
import type { FieldPreview } from '../generated/FieldPreview';
import type { Pipeline } from '../generated/Pipeline';
import type { SchemeInfo } from '../generated/SchemeInfo';
import type { SecretInfo } from '../generated/SecretInfo';
import type { TaskList } from '../generated/TaskList';
import type { ToolInfo } from '../generated/ToolInfo';
import type { InsertTarget } from './insert-target';

/** What can be chosen in the forms, as it is now. */
export interface Choices {
  lists: TaskList[];
  agents: Agent[];
  channels: Channel[];
  pipelines: Pipeline[];
  tools: ToolInfo[];
  schemes: SchemeInfo[];
  secrets: SecretInfo[];
}

/** What is there before anything is loaded. */
export const NO_CHOICES: Choices = {
  lists: [],
  agents: [],
  channels: [],
  pipelines: [],
  tools: [],
  schemes: [],
  secrets: [],
};

/** What can be made on the way: the form waits meanwhile. */
export type Making = 'agent' | 'channel' | 'pipeline' | 'folder' | 'scheme';

/** One form. */
export interface FormProps<T> {
  settings: T;
  choices: Choices;
  /** The sample's fields, for autocomplete. */
  fields: Field[];
  /** Its templates on the sample. */
  previews: FieldPreview[];
  /** What the core said about the setting of this name. */
  wrong: (name: string) => string | undefined;
  target: InsertTarget;
  /** Its first template takes picked fields when no other was used. */
  primary?: boolean;
  onchange: (settings: T) => void;
  /** Missing: nothing can be made from here. */
  onmake?: (what: Making) => void;
}
