/** What the page of an event reads: where it stands, and the bytes. */
export function eventPaths(attestationId: string): { readonly story: string; readonly sent: string } {
  const story = `/v1/attestations/${encodeURIComponent(attestationId)}`;
  return { story, sent: `${story}/sent` };
}
