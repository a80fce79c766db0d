/** The templates of an action by the names that the preview gives them: `title`, `tags.0`, `headers.X-Env`, `body`. */
import type { Action } from '../generated/Action';
import type { Forward } from '../generated/Forward';

type Change = (template: string) => string;

/** The action with the template of that name replaced by `change` of it. An unknown name changes nothing. */
export function withTemplate(action: Action, name: string, change: Change): Action {
  if ('forward' in action) return { forward: forwardWith(action.forward, name, change) };
  const [kind, settings] = Object.entries(action)[0] as [string, object];
  return { [kind]: at(settings, name, change) } as unknown as Action;
}

/** Headers are pairs and the body is one of three: a forward has its own ways. */
function forwardWith(forward: Forward, name: string, change: Change): Forward {
  if (name.startsWith('headers.')) {
    const wanted = name.slice('headers.'.length);
    const headers = forward.headers.map(([header, text]): [string, string] =>
      header === wanted ? [header, change(text)] : [header, text],
    );
    return { ...forward, headers };
  }
  if (name === 'body') {
    return typeof forward.body === 'string'
      ? forward
      : { ...forward, body: { template: change(forward.body.template) } };
  }
  return at(forward, name, change);
}

/** Names may hold dots themselves: what is there under the longer name is meant. */
function at<T extends object>(held: T, path: string, change: Change): T {
  const key = path in held ? path : (path.split('.')[0] ?? '');
  const value = (held as Record<string, unknown>)[key];
  const rest = path.slice(key.length + 1);
  if (typeof value === 'string' && rest === '') return { ...held, [key]: change(value) };
  if (Array.isArray(value))
    return { ...held, [key]: value.map((one, n) => (String(n) === rest ? change(String(one)) : one)) };
  return typeof value === 'object' && value !== null && rest !== ''
    ? { ...held, [key]: at(value, rest, change) }
    : held;
}
