/** The manifest of a Secret, as JSON: whatever a value has in it, it stays that value. */
export function secretManifest(at: { namespace: string; name: string }, values: Record<string, string>): string {
  return JSON.stringify({
    apiVersion: 'orloj.dev/v1',
    kind: 'Secret',
    metadata: at,
    spec: { stringData: values },
  });
}
