/** Loads what the forms of actions offer. */
import type { Host } from '../host/host';
import type { Choices } from './form-props';

/** Agents that a menu offers, newest first: nobody looks through more. */
const OFFERED = 100;

/** Lists and schemes have to be there; where the rest cannot be loaded its menus are empty, and the core says why. */
export async function loadChoices(host: Host): Promise<Choices> {
  const [lists, schemes, agents, channels, pipelines, tools, secrets] = await Promise.all([
    host.call('lists_list', {}),
    host.call('schemes_list', {}),
    host.call('agents_list', { limit: OFFERED }).then(
      ({ items }) => items,
      () => [],
    ),
    host.call('channels_list', {}).catch(() => []),
    host.call('pipelines_list', {}).catch(() => []),
    host.call('tools_list', {}).catch(() => []),
    host.call('secrets_list', {}).catch(() => []),
  ]);
  return { lists, schemes, agents, channels, pipelines, tools, secrets };
}
