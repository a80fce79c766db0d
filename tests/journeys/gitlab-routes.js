// What the stand-in of GitLab answers, call by call.
import { randomUUID } from 'node:crypto';
import { GROUP_EVENTS, PROJECT_EVENTS } from './gitlab-description.js';
import { send } from './gitlab-sender.js';

const ok = (body) => ({ status: 200, body });
const refused = (status, body) => ({ status, body });

function page(list, query) {
  const size = Number(query.get('per_page') ?? 20);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  return list.slice(from, from + size);
}

function shown(gitlab, hook) {
  const { token, signing_token, sent: _, nextSent: __, failures: ___, uuid: ____, ...rest } = hook;
  const present = {
    token_present: Boolean(token),
    signing_token_present: Boolean(signing_token),
  };
  return { ...rest, ...(gitlab.major >= 19 ? present : {}) };
}

/** Calls about the hooks of one kind of place. */
function hooksOf(kind) {
  const isGroup = kind === 'groups';
  const events = isGroup ? GROUP_EVENTS : PROJECT_EVENTS;
  const placeOf = (gitlab, { id }) => gitlab[kind].find((one) => one.id === Number(id));
  const inPlace = (then) => (gitlab, asked) => {
    const place = placeOf(gitlab, asked);
    if (!place)
      return refused(404, {
        message: `404 ${isGroup ? 'Group' : 'Project'} Not Found`,
      });
    if (isGroup && !gitlab.premium) return refused(404, { message: '404 Not Found' });
    if (place.level < (isGroup ? 50 : 40)) return refused(403, { message: '403 Forbidden' });
    return then(gitlab, asked, gitlab.at(`${kind}/${place.id}`), place);
  };
  const withHook = (then) =>
    inPlace((gitlab, asked, hooks, place) => {
      const hook = hooks.find(({ id }) => id === Number(asked.hook_id));
      return hook ? then(gitlab, asked, hook, hooks, place) : refused(404, { message: '404 Not found' });
    });
  const make = inPlace((gitlab, asked, hooks, place) => {
    if (hooks.length >= gitlab.hooksMost)
      return refused(422, {
        message: {
          base: [`Maximum number of ${kind} hooks (${gitlab.hooksMost}) exceeded`],
        },
      });
    const id = gitlab.nextHook++;
    const fresh = {
      id,
      url: '',
      name: null,
      description: null,
      [isGroup ? 'group_id' : 'project_id']: place.id,
      push_events_branch_filter: null,
      enable_ssl_verification: true,
      repository_update_events: false,
      alert_status: 'executable',
      disabled_until: null,
      url_variables: [],
      created_at: new Date().toISOString(),
      custom_webhook_template: null,
      custom_headers: [],
      ...Object.fromEntries(events.map((name) => [name, name === 'push_events'])),
      uuid: randomUUID(),
      sent: [],
      nextSent: id * 100,
      failures: 0,
    };
    hooks.push(change(gitlab, fresh, asked.sent));
    return refused(201, shown(gitlab, fresh));
  });
  const place = `/${kind}/{id}`;
  return [
    [
      `GET ${place}/hooks`,
      inPlace((gitlab, { query }, hooks) => ok(page(hooks, query).map((hook) => shown(gitlab, hook)))),
    ],
    [`POST ${place}/hooks`, make],
    [`GET ${place}/hooks/{hook_id}`, withHook((gitlab, asked, hook) => ok(shown(gitlab, hook)))],
    [
      `PUT ${place}/hooks/{hook_id}`,
      withHook((gitlab, asked, hook) => ok(shown(gitlab, change(gitlab, hook, asked.sent)))),
    ],
    [
      `DELETE ${place}/hooks/{hook_id}`,
      withHook((gitlab, asked, hook, hooks) => {
        hooks.splice(hooks.indexOf(hook), 1);
        return { status: 204 };
      }),
    ],
    [
      `POST ${place}/hooks/{hook_id}/test/{trigger}`,
      withHook((gitlab, asked, hook, hooks, known) => {
        setImmediate(() => void send(hook, asked.trigger, sample(known)));
        return { status: 201, body: { message: '201 Created' } };
      }),
    ],
    [`GET ${place}/hooks/{hook_id}/events`, withHook((gitlab, { query }, hook) => ok(page(hook.sent, query)))],
    [
      `POST ${place}/hooks/{hook_id}/events/{event_id}/resend`,
      withHook((gitlab, asked, hook) => {
        const found = hook.sent.find(({ id }) => id === Number(asked.event_id));
        if (!found) return refused(404, { message: '404 Not found' });
        const key = found.request_headers['Idempotency-Key'];
        setImmediate(() => void send(hook, found.trigger.replace(/_hooks$/, '_events'), found.request_data, { key }));
        return { status: 201, body: { response_status: 200 } };
      }),
    ],
  ];
}

/** GitLab forgets the secrets with another address, unless they come with it; a signing token only where it knows such. */
function change(gitlab, hook, sent) {
  const { signing_token, ...rest } = sent;
  if (sent.url !== hook.url) Object.assign(hook, { token: undefined, signing_token: undefined });
  Object.assign(hook, rest, signing_token && gitlab.major >= 19 && gitlab.signs ? { signing_token } : {});
  return hook;
}

/** What a test sends: the project's newest commits. */
export function sample({ id, path }) {
  return {
    object_kind: 'push',
    event_name: 'push',
    ref: 'refs/heads/main',
    project_id: id,
    project: { id, path_with_namespace: path },
    commits: [],
    total_commits_count: 0,
  };
}

function listed(gitlab, kind, query) {
  const words = (query.get('search') ?? '').toLowerCase();
  const least = Number(query.get('min_access_level') ?? 0);
  return page(
    gitlab[kind].filter(({ path, level }) => path.toLowerCase().includes(words) && level >= least),
    query,
  );
}

/** Method and path, and what is answered. */
export const ROUTES = [
  ['GET /user', (gitlab) => ok({ id: 24, username: gitlab.login, name: 'The user', state: 'active' })],
  ['GET /version', (gitlab) => ok({ version: `${gitlab.major}.1.0-ee`, revision: 'abcdef0' })],
  [
    'GET /personal_access_tokens/self',
    (gitlab) =>
      ok({
        id: 42,
        name: 'Creel',
        revoked: false,
        created_at: '2026-01-20T22:11:48.151Z',
        scopes: gitlab.scopes,
        user_id: 24,
        last_used_at: null,
        active: true,
        expires_at: '2027-01-31',
      }),
  ],
  [
    'GET /projects',
    (gitlab, { query }) =>
      ok(
        listed(gitlab, 'projects', query).map(({ id, path, level }) => ({
          id,
          name: path.split('/').at(-1),
          path_with_namespace: path,
          description: `What ${path} is about.`,
          visibility: 'private',
          permissions: {
            project_access: { access_level: level, notification_level: 3 },
            group_access: null,
          },
        })),
      ),
  ],
  [
    'GET /groups',
    (gitlab, { query }) =>
      ok(
        listed(gitlab, 'groups', query).map(({ id, path }) => ({
          id,
          name: path,
          full_path: path,
          description: '',
          visibility: 'public',
        })),
      ),
  ],
  ...hooksOf('projects'),
  ...hooksOf('groups'),
];
