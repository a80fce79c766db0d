import { expect, test } from 'vitest';
import { beginsWithName } from './names';

test('names of programs and hosts keep their small letters, sentences do not', () => {
  for (const text of [
    'ngrok does not accept the authtoken',
    "ngrok's server is not reached",
    'hooks.example.com does not let you in',
    '127.0.0.1:80 takes no connection',
    '/usr/bin/x ended',
    'my_program ended',
  ]) {
    expect(beginsWithName(text), text).toBe(true);
  }
  for (const text of ['the name x.example is not found', 'port 80 is taken', 'no ngrok authtoken is kept', '']) {
    expect(beginsWithName(text), text).toBe(false);
  }
});
