import type { Scope } from '../../../src/api/scopes.ts';

export interface PageLink {
  readonly path: string;
  readonly title: string;
  /** Second key of the sequence that begins with `g`. */
  readonly key: string;
  /** Without it the page would show nothing but a refusal. */
  readonly scope: Scope;
}

/** The pages that the navigation leads to, in its order. */
export const PAGES: readonly PageLink[] = [
  { path: '/', title: 'Overview', key: 'o', scope: 'destinations:read' },
  { path: '/deliveries', title: 'Deliveries', key: 'd', scope: 'deliveries:read' },
  { path: '/dead-letters', title: 'Dead letters', key: 'l', scope: 'deliveries:read' },
  { path: '/replays', title: 'Replays', key: 'r', scope: 'deliveries:read' },
  { path: '/audit', title: 'Audit', key: 'a', scope: 'audit:read' },
  { path: '/keys', title: 'Keys', key: 'k', scope: 'destinations:read' },
  { path: '/runbooks', title: 'Runbooks', key: 'b', scope: 'destinations:read' },
];

/** The parts of one page share its state: `/destinations/ID/settings` is the page `/destinations/ID`. */
export function pageOf(path: string): string {
  return path.split('/').slice(0, 3).join('/');
}
