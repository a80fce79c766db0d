// A stand-in of GitHub's API for the calls that Creel makes. Every request and every answer is held against GitHub's own
// published description; what does not fit is kept in `problems`. Hooks really send. Alone it prints `{"base": …}`.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { misfitOfAnswer, misfitOfRequest } from './github-description.js';
import { send } from './github-hookshot.js';
import { ROUTES } from './github-routes.js';
import { serve } from './stand-in-server.js';

const LIMIT = 5000;

/** Starts one on a free port. */
export function startGithub() {
  return serve(new Github());
}

export class Github {
  token = 'ghp_standin0123456789abcdefghijklmnopqrst';
  login = 'octocat';
  scopes = ['admin:repo_hook', 'admin:org_hook', 'repo'];
  /** When the token's time is over, as GitHub's answers say it. */
  expires = undefined;
  organisations = ['octo-org'];
  repositories = ['octocat/hello-world', 'octocat/spoon-knife', 'octo-org/fishing'];
  hooks = new Map();
  calls = [];
  problems = [];
  /** Answered in place of the next matching call: `{call, status, body, headers}`. */
  faults = [];
  /** A process to kill at the nth call from now: `{pid, at, when: 'before' | 'after'}`. */
  kill = null;
  /** How a stored payload is written: `compact`, as it was sent; `spaced`; `other`: numbers and order are another's. */
  payloads = 'compact';
  used = 0;
  nextHook = 12_345_678;
  nextSent = 0;

  /** Takes one request. */
  async take(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const url = new URL(request.url, this.base);
    const text = Buffer.concat(pieces).toString('utf8');
    if (url.pathname.startsWith('/stand-in')) return reply(response, 200, await this.control(text));
    const path = url.pathname.replace(/^\/api\/v3/, '');
    const call = `${request.method} ${path}`;
    this.calls.push({
      call,
      token: (request.headers.authorization ?? '').slice(0, 7),
      query: url.search,
    });
    if (this.dies('before', path)) return response.destroy();
    const { status, body, headers = {} } = this.answer(request, path, url.searchParams, text);
    if (this.dies('after', path)) return response.destroy();
    reply(response, status, body, { ...this.limits(), ...headers });
  }

  answer(request, path, query, text) {
    const fault = this.faults.findIndex(({ call }) => `${request.method} ${path}`.startsWith(call));
    if (fault >= 0) return this.faults.splice(fault, 1)[0];
    this.used += 1;
    if (this.used > LIMIT)
      return {
        status: 403,
        body: said('API rate limit exceeded for user ID 1.'),
      };
    if (!request.headers['user-agent'])
      return {
        status: 403,
        body: said('Request forbidden by administrative rules.'),
      };
    if (request.headers.authorization !== `Bearer ${this.token}`) return { status: 401, body: said('Bad credentials') };
    for (const [template, of] of ROUTES) {
      const found = matched(template, `${request.method} ${path}`);
      if (!found) continue;
      const sent = text ? JSON.parse(text) : undefined;
      if (sent !== undefined) this.#note(misfitOfRequest(template, sent));
      const answered = of(this, { ...found, query, sent });
      this.#note(misfitOfAnswer(template, answered.status, answered.body));
      return request.method === 'GET' ? this.unlessKnown(request, answered) : answered;
    }
    this.problems.push(`there is no ${request.method} ${path}`);
    return { status: 404, body: said('Not Found') };
  }

  /** As GitHub does: an answer that the asker has already is not given again, and costs nothing of the limit. */
  unlessKnown(request, answered) {
    const text = JSON.stringify(answered.body);
    const ETag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
    if (request.headers['if-none-match'] !== ETag)
      return { ...answered, body: answered.text ?? answered.body, headers: { ...answered.headers, ETag } };
    this.used -= 1;
    return { status: 304, headers: { ETag } };
  }

  #note(problem) {
    if (problem) this.problems.push(problem);
  }

  dies(when, path) {
    // Reading the record goes on beside everything; where it is what a test kills, the test says so.
    if (this.kill?.when !== when || (path.includes('/deliveries') && !this.kill.reading)) return false;
    this.kill.at -= 1;
    if (this.kill.at > 0) return false;
    process.kill(this.kill.pid, 'SIGKILL');
    this.kill = null;
    return true;
  }

  limits() {
    return {
      'X-OAuth-Scopes': this.scopes?.join(', '),
      'GitHub-Authentication-Token-Expiration': this.expires,
      'X-RateLimit-Limit': LIMIT,
      'X-RateLimit-Remaining': Math.max(0, LIMIT - this.used),
      'X-RateLimit-Reset': Math.floor(Date.now() / 1000) + 3600,
      'X-RateLimit-Resource': 'core',
    };
  }

  /** The hooks of a place: `repos/octocat/hello-world`. */
  at(place) {
    if (!this.hooks.has(place)) this.hooks.set(place, []);
    return this.hooks.get(place);
  }

  /** Sends an event of a place to its hooks. */
  async happens(place, event, payload, options) {
    const concerned = this.at(place).filter(
      ({ active, events }) => active && (events.includes(event) || events.includes('*')),
    );
    return Promise.all(concerned.map((hook) => send(hook, event, payload, options)));
  }

  /** What a suite in another language asks. */
  async control(text) {
    const { set, happens, make, lose } = JSON.parse(text || '{}');
    if (set) Object.assign(this, set);
    if (lose) this.hooks.delete(lose);
    if (make) this.at(make.place).push(make.hook);
    const sent = happens ? await this.happens(happens.place, happens.event, happens.payload, happens.options) : [];
    const { calls, problems, used } = this;
    return {
      calls,
      problems,
      used,
      sent,
      hooks: Object.fromEntries(this.hooks),
    };
  }
}

export function said(message, errors) {
  return {
    message,
    documentation_url: 'https://docs.github.com/rest',
    ...(errors ? { errors } : {}),
  };
}

/** The values of the braces in `template`, if `text` is of its form. */
function matched(template, text) {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const found = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(text);
  return found && Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1])]));
}

function reply(response, status, body, headers = {}) {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    ...Object.fromEntries(known),
  });
  response.end(text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const github = await startGithub();
  process.stdout.write(`${JSON.stringify({ base: github.base })}\n`);
  // It lives as long as whoever started it holds its input.
  process.stdin.resume().on('end', () => process.exit(0));
}
