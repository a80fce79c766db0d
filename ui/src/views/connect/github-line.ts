/** GitHub's own command line can forward a repository's events to this machine (extension `cli/gh-webhook`). */

/** The lines to run. The secret is read from `$SECRET`; OWNER/NAME is the repository. */
export function githubForward(address: string): string {
  const word = `'${address.replaceAll("'", "'\\''")}'`;
  return [
    'gh extension install cli/gh-webhook',
    `gh webhook forward --repo=OWNER/NAME --events=push --url=${word} --secret="$SECRET"`,
  ].join('\n');
}
