/** GitHub's own command line can forward a repository's events to this machine (extension `cli/gh-webhook`). */

/** The lines to run. The secret is read from `$SECRET`, the repository is the one of the current folder. */
export function githubForward(address: string): string {
  const word = `'${address.replaceAll("'", "'\\''")}'`;
  return [
    'gh extension install cli/gh-webhook',
    `gh webhook forward --events=push --url=${word} --secret="$SECRET"`,
  ].join('\n');
}
