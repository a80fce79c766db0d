/** Writes plain data as YAML: what a person would write by hand, and every parser reads back the same. */

type Data = string | number | boolean | { [name: string]: Data | undefined };

/** Text that YAML takes as text without quotes. Anything that could be a number, a word of YAML's or a sign is quoted. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$/;
const WORDS = /^(true|false|yes|no|on|off|null|y|n)$/i;

/** One document; fields without a value are left out, and so are objects without fields. */
export function yaml(data: { [name: string]: Data | undefined }, depth = 0): string {
  const lines = Object.entries(data).map(([name, value]) => {
    if (value === undefined) return '';
    const head = `${'  '.repeat(depth)}${scalar(name)}:`;
    if (typeof value !== 'object') return `${head} ${scalar(value)}\n`;
    const below = yaml(value, depth + 1);
    return below === '' ? '' : `${head}\n${below}`;
  });
  return lines.join('');
}

/** Several documents as one text. */
export function documents(all: string[]): string {
  return all.join('---\n');
}

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !WORDS.test(value) ? value : quoted(value);
}

/** JSON's escapes are YAML's, except for two characters that YAML takes as line ends, and what is no character. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
