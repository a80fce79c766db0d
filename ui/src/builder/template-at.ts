/** The templates of an action by the names that the preview gives them: `title`, `tags.0`, `headers.X-Env`, `body`. */
import type { Action } from '../generated/Action';

/** The action with the template of that name replaced by `change` of it. An unknown name changes nothing. */
export function withTemplate(action: Action, name: string, change: (template: string) => string): Action {
  if ('create_task' in action) return { create_task: changed(action.create_task, name, change) };
  if (!('forward' in action)) return action;
  const forward = action.forward;
  if (name.startsWith('headers.')) {
    const wanted = name.slice('headers.'.length);
    const headers = forward.headers.map(([header, text]): [string, string] =>
      header === wanted ? [header, change(text)] : [header, text],
    );
    return { forward: { ...forward, headers } };
  }
  if (name === 'body') {
    if (typeof forward.body === 'string') return action;
    return { forward: { ...forward, body: { template: change(forward.body.template) } } };
  }
  return { forward: changed(forward, name, change) };
}

function changed<T extends object>(settings: T, name: string, change: (template: string) => string): T {
  const [key, index] = name.split('.') as [keyof T & string, string | undefined];
  const held = settings[key];
  if (typeof held === 'string') return { ...settings, [key]: change(held) };
  if (!Array.isArray(held) || index === undefined) return settings;
  return { ...settings, [key]: held.map((text, n) => (String(n) === index ? change(String(text)) : text)) };
}
