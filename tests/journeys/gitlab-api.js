// A stand-in of GitLab's API for the calls that Creel makes. Every request and every answer is held against GitLab's documented
// shapes; what does not fit is kept in `problems`. Hooks really send. Alone it prints `{"base": …}`.
import { fileURLToPath } from 'node:url';
import { misfitOfAnswer, misfitOfRequest } from './gitlab-description.js';
import { ROUTES } from './gitlab-routes.js';
import { send } from './gitlab-sender.js';
import { serve } from './stand-in-server.js';

const LIMIT = 2000;

/** Starts one on a free port. */
export function startGitlab() {
  return serve(new Gitlab());
}

export class Gitlab {
  token = 'glpat-standin0123456789ab';
  login = 'jane';
  scopes = ['api'];
  /** Its version, whether its hooks sign, whether its groups have hooks, and how many hooks a place has at most. */
  major = 19;
  signs = true;
  premium = true;
  hooksMost = 100;
  expired = false;
  projects = [
    { id: 7, path: 'flightjs/flight', level: 40 },
    { id: 8, path: 'flightjs/hangar', level: 30 },
  ];
  groups = [{ id: 3, path: 'flightjs', level: 50 }];
  hooks = new Map();
  calls = [];
  problems = [];
  /** Answered in place of the next matching call: `{call, status, body, headers}`. */
  faults = [];
  /** A process to kill at the nth call from now: `{pid, at, when: 'before' | 'after'}`. */
  kill = null;
  used = 0;
  nextHook = 1001;

  /** Takes one request. */
  async take(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const url = new URL(request.url, this.base);
    const text = Buffer.concat(pieces).toString('utf8');
    if (url.pathname.startsWith('/stand-in')) return reply(response, 200, await this.control(text));
    const path = url.pathname.replace(/^\/api\/v4/, '');
    this.calls.push({ call: `${request.method} ${path}`, query: url.search });
    if (this.dies('before')) return response.destroy();
    const { status, body, headers = {} } = this.answer(request, path, url.searchParams, text);
    if (this.dies('after')) return response.destroy();
    reply(response, status, body, { ...this.limits(), ...headers });
  }

  answer(request, path, query, text) {
    const fault = this.faults.findIndex(({ call }) => `${request.method} ${path}`.startsWith(call));
    if (fault >= 0) return this.faults.splice(fault, 1)[0];
    this.used += 1;
    if (this.used > LIMIT)
      return {
        status: 429,
        body: 'Retry later\n',
        headers: { 'Retry-After': '60' },
      };
    const refusal = this.#unknown(request.headers.authorization);
    if (refusal) return refusal;
    for (const [template, of] of ROUTES) {
      const found = matched(template, `${request.method} ${path}`);
      if (!found) continue;
      const sent = text ? JSON.parse(text) : undefined;
      this.#note(misfitOfRequest(template, sent, found));
      const answered = of(this, { ...found, query, sent });
      this.#note(misfitOfAnswer(template, answered.status, answered.body));
      return answered;
    }
    this.problems.push(`there is no ${request.method} ${path}`);
    return { status: 404, body: { error: '404 Not Found' } };
  }

  #unknown(authorization) {
    if (authorization !== `Bearer ${this.token}`) return { status: 401, body: { message: '401 Unauthorized' } };
    if (!this.expired) return undefined;
    const error_description = 'Token is expired. You can either do re-authorization or token refresh.';
    return { status: 401, body: { error: 'invalid_token', error_description } };
  }

  #note(problem) {
    if (problem) this.problems.push(problem);
  }

  dies(when) {
    if (this.kill?.when !== when) return false;
    this.kill.at -= 1;
    if (this.kill.at > 0) return false;
    process.kill(this.kill.pid, 'SIGKILL');
    this.kill = null;
    return true;
  }

  limits() {
    return {
      'RateLimit-Limit': LIMIT,
      'RateLimit-Remaining': Math.max(0, LIMIT - this.used),
      'RateLimit-Reset': Math.floor(Date.now() / 1000) + 60,
    };
  }

  /** The hooks of a place: `projects/7`. */
  at(place) {
    if (!this.hooks.has(place)) this.hooks.set(place, []);
    return this.hooks.get(place);
  }

  /** Sends an event of a place to those of its hooks that GitLab did not stop. */
  async happens(place, event, payload, options) {
    const concerned = this.at(place).filter((hook) => hook[event] && hook.alert_status === 'executable');
    return Promise.all(concerned.map((hook) => send(hook, event, payload, options)));
  }

  /** What a suite in another language asks. */
  async control(text) {
    const { set, happens, make, lose, stop } = JSON.parse(text || '{}');
    if (set) Object.assign(this, set);
    if (lose) this.hooks.delete(lose);
    if (make) this.at(make.place).push(make.hook);
    if (stop) Object.assign(this.at(stop)[0], { alert_status: 'disabled' });
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
    'Content-Type': 'application/json',
    ...Object.fromEntries(known),
  });
  response.end(text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const gitlab = await startGitlab();
  process.stdout.write(`${JSON.stringify({ base: gitlab.base })}\n`);
  // It lives as long as whoever started it holds its input.
  process.stdin.resume().on('end', () => process.exit(0));
}
