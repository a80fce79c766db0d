/** The parameters of a tool as its form shows them, read from its JSON Schema. */

/** How a parameter is typed in. `strange`: the tool does not take it. */
export type ParameterKind = 'text' | 'lines' | 'number' | 'switch' | 'pairs' | 'choice' | 'strange';

export interface Parameter {
  name: string;
  kind: ParameterKind;
  required: boolean;
  about?: string;
  /** The bounds of a number. */
  least?: number;
  most?: number;
  /** What can be chosen. */
  choices?: string[];
}

interface Property {
  type?: string;
  format?: string;
  enum?: string[];
  description?: string;
  minimum?: number;
  maximum?: number;
}

/** Those of the schema, the needed ones first, then those that are set and that the tool does not take. */
export function parametersOf(
  schema: Record<string, unknown> | undefined,
  params: Record<string, unknown>,
): Parameter[] {
  const properties = (schema?.properties ?? {}) as Record<string, Property>;
  const required = (schema?.required ?? []) as string[];
  const named = Object.keys(properties).toSorted(
    (one, other) => Number(required.includes(other)) - Number(required.includes(one)),
  );
  const known = named.map((name) => parameter(name, properties[name] ?? {}, required.includes(name)));
  const strange = schema ? Object.keys(params).filter((name) => !(name in properties)) : [];
  return [...known, ...strange.map((name): Parameter => ({ name, kind: 'strange', required: false }))];
}

function parameter(name: string, property: Property, required: boolean): Parameter {
  const { description: about, minimum: least, maximum: most, enum: choices } = property;
  return { name, kind: kindOf(property), required, about, least, most, choices };
}

function kindOf({ type, format, enum: choices }: Property): ParameterKind {
  if (choices) return 'choice';
  if (type === 'boolean') return 'switch';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'object') return 'pairs';
  return format === 'lines' ? 'lines' : 'text';
}
