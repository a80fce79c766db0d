// GitHub's published description of its API (npm @octokit/openapi): what a request may be and what an answer has to be.
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.resolve('@octokit/openapi/generated/api.github.com.json'));
const description = JSON.parse(readFileSync(file, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
ajv.addFormat('int64', true);
ajv.addFormat('repo.nwo', true);
ajv.addSchema({ $id: 'github', components: description.components });
const compiled = new Map();

/** An example that the description publishes, to be filled in. */
export function example(name) {
  return structuredClone(description.components.examples[name].value);
}

/** What of `value` does not fit the request of `template` (`POST /orgs/{org}/hooks`); nothing: it fits. */
export function misfitOfRequest(template, value) {
  const content = operation(template).requestBody?.content['application/json'];
  return content ? misfit(`${template} request`, content.schema, value) : undefined;
}

/** What of an answer does not fit. A status that the description does not have for this call does not fit either. */
export function misfitOfAnswer(template, status, value) {
  // Every call can meet these, and the description leaves them out.
  if ([401, 403, 429, 500, 502].includes(status)) return undefined;
  let response = operation(template).responses[status];
  if (response?.$ref) response = description.components.responses[response.$ref.split('/').pop()];
  if (!response) return `${template} never answers ${status}`;
  const content = response.content?.['application/json'];
  if (!content) return value === undefined ? undefined : `${template} ${status} has no body`;
  return misfit(`${template} ${status}`, content.schema, value);
}

function operation(template) {
  const [method, path] = template.split(' ');
  const found = description.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`the description has no ${template}`);
  return found;
}

function misfit(key, schema, value) {
  if (!compiled.has(key)) {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"github#/components/'));
    compiled.set(key, ajv.compile(absolute));
  }
  const fits = compiled.get(key);
  return fits(value) ? undefined : `${key}: ${ajv.errorsText(fits.errors)}`;
}
