import type { Scope } from '../../../src/api/scopes.ts';

/** What a scope allows, for who chooses among them. */
export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  'attestations:write': 'record attestations and other events',
  'destinations:read': 'see destinations, their health and charts',
  'destinations:write': 'make, change, test, pause and delete destinations',
  'credentials:write': 'set and change credentials of destinations',
  'deliveries:read': 'see deliveries, dead letters and replays, not what is in them',
  'deliveries:replay': 'retry and skip dead letters, run replays',
  'payloads:read': 'see what was decided and what was sent',
  'audit:read': 'see the audit trail and the checkpoint keys',
  admin: 'everything, keys among it',
};

/** Sets of scopes that people have by their work. */
export const ROLES: readonly { readonly title: string; readonly scopes: readonly Scope[] }[] = [
  { title: 'Recorder (an agent platform)', scopes: ['attestations:write'] },
  { title: 'Viewer', scopes: ['destinations:read', 'deliveries:read'] },
  { title: 'Analyst', scopes: ['destinations:read', 'deliveries:read', 'payloads:read', 'audit:read'] },
  {
    title: 'Operator',
    scopes: [
      'destinations:read',
      'destinations:write',
      'credentials:write',
      'deliveries:read',
      'deliveries:replay',
      'payloads:read',
      'audit:read',
    ],
  },
  { title: 'Administrator', scopes: ['admin'] },
];
