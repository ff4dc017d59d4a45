/** What an API key may do. `admin` may do everything. */
export const SCOPES = [
  'attestations:write',
  'destinations:read',
  'destinations:write',
  'credentials:write',
  'deliveries:read',
  'deliveries:replay',
  'payloads:read',
  'audit:read',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(word: string): word is Scope {
  return (SCOPES as readonly string[]).includes(word);
}
