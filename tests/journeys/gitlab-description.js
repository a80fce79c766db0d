// GitLab's documented shapes for the calls that Creel makes: what a request may be and what an answer has to be. Written from
// GitLab's documents doc/api/project_webhooks.md, group_webhooks.md, personal_access_tokens.md, projects.md, groups.md and
// version.md (gitlabhq at 0c97aa5), its merge request 231325 for the signing token, and lib/api/project_hooks.rb of 19.4 for the
// events; GitLab publishes no complete description.
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
addFormats(ajv);

const text = { type: 'string' };
const number = { type: 'integer' };
const flag = { type: 'boolean' };
const maybe = { type: ['string', 'null'] };
const object = (properties, required, rest = false) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: rest,
});
const list = (items) => ({ type: 'array', items });

/** The events that a project's hook can be for, as fields. */
export const PROJECT_EVENTS = [
  'push_events',
  'tag_push_events',
  'merge_requests_events',
  'issues_events',
  'confidential_issues_events',
  'note_events',
  'confidential_note_events',
  'pipeline_events',
  'job_events',
  'deployment_events',
  'releases_events',
  'milestone_events',
  'emoji_events',
  'vulnerability_events',
  'wiki_page_events',
  'feature_flag_events',
  'resource_access_token_events',
];
export const GROUP_EVENTS = [...PROJECT_EVENTS, 'member_events', 'subgroup_events', 'project_events'];
const TESTABLE = [
  'push_events',
  'tag_push_events',
  'issues_events',
  'confidential_issues_events',
  'note_events',
  'merge_requests_events',
  'job_events',
  'pipeline_events',
  'wiki_page_events',
  'releases_events',
  'emoji_events',
  'resource_access_token_events',
];

const flags = (events) => Object.fromEntries(events.map((name) => [name, flag]));
const sent = (events) =>
  object(
    {
      url: { type: 'string', format: 'uri' },
      name: text,
      description: text,
      token: text,
      // 32 bytes, base64, behind the prefix.
      signing_token: { type: 'string', pattern: '^whsec_[A-Za-z0-9+/]{43}=$' },
      enable_ssl_verification: flag,
      push_events_branch_filter: text,
      ...flags(events),
    },
    ['url'],
  );
const hook = (events) =>
  object(
    {
      id: number,
      url: text,
      name: maybe,
      description: maybe,
      project_id: number,
      group_id: number,
      push_events_branch_filter: maybe,
      enable_ssl_verification: flag,
      repository_update_events: flag,
      alert_status: {
        enum: ['executable', 'temporarily_disabled', 'disabled'],
      },
      disabled_until: maybe,
      url_variables: list({}),
      created_at: { type: 'string', format: 'date-time' },
      custom_webhook_template: maybe,
      custom_headers: list({}),
      token_present: flag,
      signing_token_present: flag,
      ...flags(events),
    },
    ['id', 'url', 'alert_status', 'disabled_until', 'created_at', ...events],
  );
const event = object(
  {
    id: number,
    url: text,
    trigger: text,
    request_headers: { type: 'object' },
    request_data: { type: 'object' },
    response_headers: { type: ['object', 'null'] },
    response_body: maybe,
    execution_duration: { type: 'number' },
    response_status: text,
  },
  ['id', 'url', 'trigger', 'request_headers', 'request_data', 'execution_duration', 'response_status'],
);
const access = {
  anyOf: [{ type: 'null' }, object({ access_level: number, notification_level: number }, ['access_level'])],
};
const project = object(
  {
    id: number,
    path_with_namespace: text,
    description: maybe,
    visibility: { enum: ['private', 'internal', 'public'] },
    permissions: object({ project_access: access, group_access: access }, ['project_access', 'group_access']),
  },
  ['id', 'path_with_namespace', 'visibility'],
  true,
);
const group = object(
  { id: number, full_path: text, description: maybe, visibility: text },
  ['id', 'full_path', 'visibility'],
  true,
);
const token = object(
  {
    id: number,
    name: text,
    revoked: flag,
    created_at: text,
    description: maybe,
    scopes: list(text),
    user_id: number,
    last_used_at: maybe,
    active: flag,
    expires_at: maybe,
  },
  ['id', 'name', 'revoked', 'scopes', 'active', 'expires_at'],
);
const created = object({ message: { const: '201 Created' } }, ['message']);

const hooksOf = (place, events) => ({
  [`GET ${place}/hooks`]: { 200: list(hook(events)) },
  [`POST ${place}/hooks`]: { request: sent(events), 201: hook(events) },
  [`GET ${place}/hooks/{hook_id}`]: { 200: hook(events) },
  [`PUT ${place}/hooks/{hook_id}`]: {
    request: sent(events),
    200: hook(events),
  },
  [`DELETE ${place}/hooks/{hook_id}`]: { 204: undefined },
  [`POST ${place}/hooks/{hook_id}/test/{trigger}`]: {
    201: created,
    trigger: TESTABLE,
  },
  [`GET ${place}/hooks/{hook_id}/events`]: { 200: list(event) },
  [`POST ${place}/hooks/{hook_id}/events/{event_id}/resend`]: {
    201: object({ response_status: number }, ['response_status']),
  },
});

const CALLS = {
  'GET /user': {
    200: object({ id: number, username: text, name: text }, ['id', 'username'], true),
  },
  'GET /version': {
    200: object({ version: text, revision: text }, ['version', 'revision']),
  },
  'GET /personal_access_tokens/self': { 200: token },
  'GET /projects': { 200: list(project) },
  'GET /groups': { 200: list(group) },
  ...hooksOf('/projects/{id}', PROJECT_EVENTS),
  ...hooksOf('/groups/{id}', GROUP_EVENTS),
};

/** What of a request does not fit its call; nothing: it fits. */
export function misfitOfRequest(template, value, asked) {
  const { request, trigger } = CALLS[template];
  if (trigger && !trigger.includes(asked.trigger)) return `${template}: there is no test of ${asked.trigger}`;
  if (!request) return value === undefined ? undefined : `${template} takes no body`;
  return misfit(`${template} request`, request, value);
}

/** What of an answer does not fit. Refusals are not described: every call can meet them. */
export function misfitOfAnswer(template, status, value) {
  if (status >= 400) return undefined;
  if (!(status in CALLS[template])) return `${template} never answers ${status}`;
  const schema = CALLS[template][status];
  if (!schema) return value === undefined ? undefined : `${template} ${status} has no body`;
  return misfit(`${template} ${status}`, schema, value);
}

const compiled = new Map();

function misfit(key, schema, value) {
  if (!compiled.has(key)) compiled.set(key, ajv.compile(schema));
  const fits = compiled.get(key);
  return fits(value) ? undefined : `${key}: ${ajv.errorsText(fits.errors)}`;
}
