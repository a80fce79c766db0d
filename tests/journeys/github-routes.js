// What the stand-in answers, call by call. The shapes are GitHub's own published examples, filled in.
import { said } from './github-api.js';
import { example } from './github-description.js';
import { send } from './github-hookshot.js';

// GitHub's limit for one event of one place.
const HOOKS_MOST = 20;
const ok = (body) => ({ status: 200, body });
const gone = () => ({ status: 404, body: said('Not Found') });

const repository = (github, name, from) => ({
  ...from,
  name: name.split('/')[1],
  full_name: name,
  description: `What ${name} is about.`,
  permissions: {
    admin: !name.endsWith('spoon-knife'),
    maintain: true,
    push: true,
    triage: true,
    pull: true,
  },
});

function page(list, query) {
  const size = Number(query.get('per_page') ?? 30);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  return list.slice(from, from + size);
}

/** The hooks of a place that exists; nothing where there is none. */
function hooksOf(github, { owner, repo, org }) {
  if (org) return github.organisations.includes(org) ? github.at(`orgs/${org}`) : undefined;
  return github.repositories.includes(`${owner}/${repo}`) ? github.at(`repos/${owner}/${repo}`) : undefined;
}

function shown(hook, known) {
  const { deliveries: _, nextDelivery: __, ...rest } = hook;
  const config = {
    ...rest.config,
    ...(rest.config.secret ? { secret: '********' } : {}),
  };
  return { ...known, ...rest, config };
}

const ofPlace = (asked) => (asked.org ? `orgs/${asked.org}` : `repos/${asked.owner}/${asked.repo}`);
const shape = (asked) => example(asked.org ? 'org-hook' : 'hook');

function hooksList(github, asked) {
  const hooks = hooksOf(github, asked);
  return hooks ? ok(page(hooks, asked.query).map((hook) => shown(hook, shape(asked)))) : gone();
}

function hookMake(github, asked) {
  const hooks = hooksOf(github, asked);
  if (!hooks) return gone();
  const { config, events = ['push'], active = true } = asked.sent;
  const refused = (message) => ({
    status: 422,
    body: said('Validation Failed', [{ resource: 'Hook', code: 'custom', message }]),
  });
  if (hooks.some((hook) => hook.config.url === config.url)) return refused('Hook already exists on this repository');
  const full = events.find((event) => hooks.filter((hook) => hook.events.includes(event)).length >= HOOKS_MOST);
  if (full) return refused(`The "${full}" event cannot have more than ${HOOKS_MOST} hooks`);
  const id = github.nextHook++;
  const url = `${github.base}/api/v3/${ofPlace(asked)}/hooks/${id}`;
  const at = new Date().toISOString().replace(/\.\d+/, '');
  const links = {
    url,
    test_url: `${url}/tests`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
  };
  const hook = {
    id,
    active,
    events,
    config,
    ...links,
    created_at: at,
    updated_at: at,
    deliveries: [],
    nextDelivery: id * 100,
  };
  hook.type = asked.org ? 'Organization' : 'Repository';
  hook.last_response = { code: null, status: 'unused', message: null };
  hooks.push(hook);
  ping(github, hook, asked);
  return { status: 201, body: shown(hook, shape(asked)) };
}

/** GitHub sends the ping beside the answer, not before it. */
function ping(github, hook, asked) {
  const name = asked.org
    ? { organization: { login: asked.org } }
    : {
        repository: { id: 1296269, full_name: `${asked.owner}/${asked.repo}` },
      };
  const { id, type, events, active } = hook;
  setImmediate(
    () =>
      void send(hook, 'ping', {
        zen: 'Keep it logically awesome.',
        hook_id: id,
        hook: { id, type, events, active },
        ...name,
      }),
  );
}

function withHook(then) {
  return (github, asked) => {
    const hook = hooksOf(github, asked)?.find(({ id }) => id === Number(asked.hook_id));
    return hook ? then(github, asked, hook) : gone();
  };
}

const hookGet = withHook((github, asked, hook) => ok(shown(hook, shape(asked))));

const hookChange = withHook((github, asked, hook) => {
  // The configuration is replaced whole, as GitHub does: a secret that is left out is gone.
  const { active, events, config } = asked.sent;
  Object.assign(hook, active === undefined ? {} : { active }, events ? { events } : {}, config ? { config } : {});
  return ok(shown(hook, shape(asked)));
});

const hookRemove = withHook((github, asked) => {
  const hooks = hooksOf(github, asked);
  hooks.splice(
    hooks.findIndex(({ id }) => id === Number(asked.hook_id)),
    1,
  );
  return { status: 204 };
});

const hookPing = withHook((github, asked, hook) => {
  ping(github, hook, asked);
  return { status: 204 };
});

function item({ url: _, request: __, response: ___, ...rest }) {
  return rest;
}

const deliveriesList = withHook((github, asked, hook) => {
  const size = Number(asked.query.get('per_page') ?? 30);
  const from = Number(asked.query.get('cursor') ?? 0);
  const next = from + size < hook.deliveries.length;
  const link = `<${hook.deliveries_url}?per_page=${size}&cursor=${from + size}>; rel="next"`;
  return {
    ...ok(hook.deliveries.slice(from, from + size).map(item)),
    headers: next ? { Link: link } : {},
  };
});

const deliveryGet = withHook((github, asked, hook) => {
  const found = hook.deliveries.find(({ id }) => id === Number(asked.delivery_id));
  if (!found) return { status: 422, body: said('Validation Failed') };
  return { ...ok(found), text: written(github.payloads, found) };
});

/** GitHub gives back JSON, not the bytes that it sent. */
function written(how, found) {
  if (how === 'spaced') return JSON.stringify(found, null, 2);
  if (how === 'compact') return JSON.stringify(found);
  const { request } = found;
  const payload = Object.fromEntries(Object.entries(request.payload).toReversed());
  return JSON.stringify({ ...found, request: { ...request, payload } });
}

const deliveryAgain = withHook((github, asked, hook) => {
  const found = hook.deliveries.find(({ id }) => id === Number(asked.delivery_id));
  if (!found) return { status: 422, body: said('Validation Failed') };
  setImmediate(
    () =>
      void send(hook, found.event, found.request.payload, {
        guid: found.guid,
        redelivery: true,
      }),
  );
  return { status: 202, body: {} };
});

const hooks = (place) => [
  [`GET ${place}/hooks`, hooksList],
  [`POST ${place}/hooks`, hookMake],
  [`GET ${place}/hooks/{hook_id}`, hookGet],
  [`PATCH ${place}/hooks/{hook_id}`, hookChange],
  [`DELETE ${place}/hooks/{hook_id}`, hookRemove],
  [`POST ${place}/hooks/{hook_id}/pings`, hookPing],
  [`GET ${place}/hooks/{hook_id}/deliveries`, deliveriesList],
  [`GET ${place}/hooks/{hook_id}/deliveries/{delivery_id}`, deliveryGet],
  [`POST ${place}/hooks/{hook_id}/deliveries/{delivery_id}/attempts`, deliveryAgain],
];

/** Method and path as the description has them, and what is answered. */
export const ROUTES = [
  [
    'GET /user',
    (github) =>
      ok({
        ...example('private-user-response-with-public-and-private-profile-information'),
        login: github.login,
      }),
  ],
  [
    'GET /user/repos',
    (github, { query }) => {
      const [one] = example('repository-items-default-response');
      return ok(page(github.repositories, query).map((name) => repository(github, name, one)));
    },
  ],
  [
    'GET /user/orgs',
    (github) => {
      const [one] = example('organization-simple-items');
      return ok(github.organisations.map((login) => ({ ...one, login })));
    },
  ],
  [
    'GET /search/repositories',
    (github, { query }) => {
      const found = example('repo-search-result-item-paginated');
      const words = query.get('q').split(' ');
      const owners = words.filter((word) => /^(user|org):/.test(word)).map((word) => word.split(':')[1]);
      const fits = (name) => owners.includes(name.split('/')[0]) && name.split('/')[1].includes(words[0].toLowerCase());
      const names = github.repositories.filter(fits);
      return ok({
        ...found,
        total_count: names.length,
        items: names.map((name) => repository(github, name, found.items[0])),
      });
    },
  ],
  [
    'GET /rate_limit',
    (github) => {
      const all = example('rate-limit-overview');
      return ok(all);
    },
  ],
  ...hooks('/repos/{owner}/{repo}'),
  ...hooks('/orgs/{org}'),
];
