// GitHub's stand-in for a journey, and in front of all other programs a `gh` that says its token and a `cloudflared` that
// forwards.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGithub } from './github-api.js';

const TUNNEL = new URL('../fixtures/tunnel_stand_in.py', import.meta.url);

/** Both are there for every Creel that is started until the test ends; without `gh` no other one is found either. */
export async function githubHere(t, { gh = true } = {}) {
  const github = await startGithub();
  const programs = mkdtempSync(join(tmpdir(), 'creel-gh-'));
  const program = (name, text) => writeFileSync(join(programs, name), text, { mode: 0o755 });
  program('gh', gh ? `#!/bin/sh\n[ "$1 $2" = 'auth token' ] && echo ${github.token}\n` : '#!/bin/sh\nexit 1\n');
  program('cloudflared', `#!/usr/bin/env python3\n${readFileSync(TUNNEL, 'utf8')}`);
  const before = { ...process.env };
  Object.assign(process.env, {
    CREEL_GITHUB: github.base,
    PATH: `${programs}:${process.env.PATH}`,
  });
  t.after(() => {
    Object.assign(process.env, { PATH: before.PATH });
    delete process.env.CREEL_GITHUB;
    rmSync(programs, { recursive: true });
    github.close();
  });
  return github;
}
