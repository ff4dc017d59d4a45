import { randomUUID } from 'node:crypto';
import { generateAttestations } from '../../support/generate-attestations.ts';
import type { ApiWorld } from '../api-world.ts';
import { otherEvent } from '../other-event.ts';

/** What one workspace has. */
export interface Things {
  readonly workspaceId: string;
  /** Has an open delivery (`openId`), a dead letter (`deadId`), a failed send, and a replay under way. */
  readonly destinationId: string;
  readonly destinationName: string;
  /** Nothing waits for it. */
  readonly idleId: string;
  readonly openId: string;
  readonly deadId: string;
  readonly deadLetterId: string;
  readonly eventUid: string;
  readonly replayId: string;
  readonly apiKeyId: string;
  readonly openText: string;
  /** Words that only payloads have: the answers of the SIEM, the bodies of records and their events. */
  readonly secretWords: readonly string[];
}

/** One of everything that a workspace can have, made by its administrator over the API. */
export async function makeThings(world: ApiWorld, label = randomUUID().slice(0, 8)): Promise<Things> {
  const workspaceId = `ws-${label}`;
  const key = await world.key(['admin'], workspaceId);
  const post = async (url: string, body: object | string) => {
    const reply = await world.call({ method: 'POST', url, body, key });
    if (reply.status >= 300) throw new Error(`${url}: ${reply.text}`);
    return reply.body;
  };
  const destination = (name: string): Promise<string> =>
    post('/v1/siem/destinations', newDestination(workspaceId, name)).then((made) => made.destination_id);
  const destinationName = `dest-${label}`;
  const destinationId = await destination(destinationName);
  // An unknown field: it stands in the record and, under unmapped, in the event.
  const bodyWords = `record-said-${label}`;
  const [dead, open] = [`dead-${label}`, `open-${label}`].map((word, index) => {
    const [text = ''] = generateAttestations({ seed: index + 1, count: 1, workspaceId });
    const record = JSON.parse(text) as Record<string, unknown>;
    return { ...record, attestation_id: randomUUID(), note: bodyWords, also: word };
  });
  const deadId = String(dead?.['attestation_id']);
  const openId = String(open?.['attestation_id']);
  const openText = JSON.stringify(open);
  await post('/v1/attestations', JSON.stringify(dead));
  const siemWords = `siem-said-${label}`;
  await world.deadLetter(destinationId, deadId, siemWords);
  await post('/v1/attestations', openText);
  const eventUid = `event-${label}`;
  await post('/v1/events', { workspace_id: workspaceId, event: otherEvent(eventUid) });
  const saved = await world.store.admin.readDestination(destinationId, {});
  await world.store.admin.saveHealth(saved?.destinationNo ?? 0, {
    state: 'failing',
    reason: 'http_400',
    message: siemWords,
    sinceMs: 1,
  });
  const letters = await world.call({ url: '/v1/siem/dead-letters', key });
  const replay = await post('/v1/siem/replays', {
    destination_id: destinationId,
    from: '2020-01-01T00:00:00Z',
  });
  const made = await post('/v1/api-keys', { name: `key-${label}`, scopes: ['destinations:read'] });
  return {
    workspaceId,
    destinationId,
    destinationName,
    idleId: await destination(`idle-${label}`),
    openId,
    deadId,
    deadLetterId: letters.body.items[0]?.dead_letter_id ?? '',
    eventUid,
    replayId: replay.replay?.replay_id ?? '',
    apiKeyId: made.api_key_id,
    openText,
    secretWords: [siemWords, bodyWords],
  };
}

export function newDestination(workspaceId: string, name: string): object {
  return {
    name,
    workspace_id: workspaceId,
    type: 'splunk_hec',
    config: { url: 'https://splunk.example.com:8088' },
    credentials: { token: '3c5d2b1a-9f8e-4d7c-8b6a-5e4f3d2c1b0a' },
  };
}
