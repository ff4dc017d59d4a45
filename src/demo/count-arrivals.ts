import type { ApiClient } from '../cli/api-client.ts';
import { asItems, asObject } from '../cli/output.ts';
import { validateEvent } from '../ocsf/validate-event.ts';
import type { DemoDecision } from './demo-decisions.ts';
import type { DemoSiem } from './demo-siem.ts';

/** What one SIEM has in the end. */
export interface Arrival {
  readonly name: string;
  /** Decisions that arrived at least once. */
  readonly delivered: number;
  /** Events beyond the first of each decision; undefined where only the receipts are known. */
  readonly duplicates: number | undefined;
  /** Events of no decision that was recorded. */
  readonly strangers: number;
  /** Events that the OCSF validator does not accept. */
  readonly invalid: number;
}

/** Counts what the fakes were given, by `metadata.uid`. A real SIEM is counted by the receipts that it gave. */
export async function countArrivals(
  client: ApiClient,
  siems: readonly DemoSiem[],
  decisions: readonly DemoDecision[],
): Promise<readonly Arrival[]> {
  const arrivals: Arrival[] = [];
  for (const siem of siems) {
    arrivals.push(
      siem.events === undefined
        ? await countReceipts(client, siem.name, decisions)
        : countEvents(siem.name, siem.events(), decisions),
    );
  }
  return arrivals;
}

export function arrivedExactly({ delivered, strangers, invalid }: Arrival, recorded: number): boolean {
  return delivered === recorded && strangers === 0 && invalid === 0;
}

export function countEvents(
  name: string,
  events: readonly unknown[],
  decisions: readonly Pick<DemoDecision, 'id'>[],
): Arrival {
  const expected = new Set(decisions.map(({ id }) => id));
  const seen = new Set<string>();
  let strangers = 0;
  let invalid = 0;
  for (const event of events) {
    const uid = uidOf(event);
    if (expected.has(uid)) seen.add(uid);
    else strangers += 1;
    if (validateEvent(event).length > 0) invalid += 1;
  }
  const duplicates = events.length - strangers - seen.size;
  return { name, delivered: seen.size, duplicates, strangers, invalid };
}

function uidOf(event: unknown): string {
  const uid = asObject(asObject(event as never)['metadata'])['uid'];
  return typeof uid === 'string' ? uid : '';
}

async function countReceipts(
  client: ApiClient,
  name: string,
  decisions: readonly DemoDecision[],
): Promise<Arrival> {
  let delivered = 0;
  for (const { id } of decisions) {
    const { body } = await client.call({ method: 'GET', path: `/v1/attestations/${id}` });
    const delivery = asItems(asObject(body)['deliveries']).find((item) => item['destination_name'] === name);
    if (delivery?.['status'] === 'delivered') delivered += 1;
  }
  return { name, delivered, duplicates: undefined, strangers: 0, invalid: 0 };
}
