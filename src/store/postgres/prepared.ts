import { hash } from 'node:crypto';
import type { Step } from './transaction-client.ts';

/**
 * The same steps, kept prepared on the connection: the server then parses and plans each text once and not at each call. The name
 * follows from the text, so that calls of several versions or schemas can share a connection.
 *
 * Only where the caller says so: behind a pooler that gives each transaction another connection and does not follow prepared
 * statements, a name is not known there, and the transaction fails.
 */
export function prepared(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => ({
    ...step,
    name: `aegis_siem_${hash('sha1', step.text, 'hex').slice(0, 16)}`,
  }));
}
