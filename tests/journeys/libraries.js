// Signs or verifies with the libraries that the providers themselves wrote. JSON lines in, JSON lines out.
// In: {"do": "sign", "scheme", "secret", "id", "body", "url"} → {"headers", "body"}; {"do": "verify", "scheme", "secret",
// "headers", "body", "url"} → {"valid", "why"}. A body that is no text is `body_base64` instead. A library is loaded when
// it is first asked.
import { createInterface } from 'node:readline';
import business from './libraries/business.js';
import platforms from './libraries/platforms.js';
import standard from './libraries/standard.js';

const libraries = { ...business, ...platforms, ...standard };

async function answer(asked) {
  const library = libraries[asked.scheme];
  // As the frameworks read it: bytes that are no UTF-8 become U+FFFD.
  asked.body ??= Buffer.from(asked.body_base64, 'base64').toString();
  if (asked.do === 'sign') {
    const body = library.signBody ? await library.signBody(asked) : asked.body;
    return { headers: (await library.sign?.(asked)) ?? {}, body };
  }
  try {
    await library.verify(asked);
    return { valid: true, why: '' };
  } catch (error) {
    return { valid: false, why: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
