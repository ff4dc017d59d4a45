import type { Scope } from '../../../src/api/scopes.ts';

export interface DestinationPart {
  readonly key: 'health' | 'attempts' | 'preview' | 'settings' | 'credentials';
  readonly title: string;
  readonly scope: Scope;
}

/** The parts of the page of a destination, each with an address of its own. */
export const DESTINATION_PARTS: readonly DestinationPart[] = [
  { key: 'health', title: 'Health', scope: 'destinations:read' },
  { key: 'attempts', title: 'Failed sends', scope: 'deliveries:read' },
  { key: 'preview', title: 'Preview', scope: 'payloads:read' },
  { key: 'settings', title: 'Settings', scope: 'destinations:read' },
  { key: 'credentials', title: 'Credentials', scope: 'destinations:read' },
];
