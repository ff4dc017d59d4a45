import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SMALLEST_ATTESTATION } from '../support/valid-attestation.ts';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

const PATH = '/v1/siem/destinations';
const TOKEN = '3c5d2b1a-9f8e-4d7c-8b6a-5e4f3d2c1b0a';

interface Shown {
  readonly ocsf: { readonly version: string; readonly record_integrity: boolean };
}

const shown = (reply: ApiReply): Shown['ocsf'] => (JSON.parse(reply.text) as Shown).ocsf;

describe('record integrity over the API', () => {
  let world: ApiWorld;
  let made = 0;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());
  const post = (ocsf: object): Promise<ApiReply> => {
    made += 1;
    const body = {
      name: `fingerprinted-${made}`,
      workspace_id: 'ws-test',
      type: 'splunk_hec',
      config: { url: 'https://splunk.example.com:8088' },
      credentials: { token: TOKEN },
      ocsf,
    };
    return world.call({ method: 'POST', url: PATH, body });
  };
  const patch = (id: string, ocsf: object): Promise<ApiReply> =>
    world.call({ method: 'PATCH', url: `${PATH}/${id}`, body: { ocsf } });

  test('is off unless asked for, is kept by a PATCH of something else, and can be taken away', async () => {
    assert.equal(shown(await post({ version: '1.9.0' })).record_integrity, false);
    const reply = await post({ version: '1.9.0', record_integrity: true });
    assert.equal(reply.status, 201, reply.text);
    assert.equal(shown(reply).record_integrity, true);
    const id = reply.body.destination_id;
    assert.equal(shown(await patch(id, { class_uid: 6003 })).record_integrity, true);
    assert.equal(shown(await patch(id, { record_integrity: false })).record_integrity, false);
  });

  test('is refused for a version that has no such profile, with what to do', async () => {
    for (const ocsf of [{ record_integrity: true }, { version: '1.8.0', record_integrity: true }]) {
      const reply = await post(ocsf);
      assert.deepEqual([reply.status, reply.body.code], [422, 'not_supported'], reply.text);
      assert.match(reply.text, /"pointer":"\/ocsf\/record_integrity"/);
      assert.match(reply.text, /has no profile record_integrity: set ocsf\.version to 1\.9\.0, or/);
    }
    const made = await post({ version: '1.9.0', record_integrity: true });
    const older = await patch(made.body.destination_id, { version: '1.8.0' });
    assert.deepEqual([older.status, older.body.code], [422, 'not_supported']);
    const both = await patch(made.body.destination_id, { version: '1.8.0', record_integrity: false });
    assert.deepEqual([both.status, shown(both).version], [200, '1.8.0'], both.text);
  });

  test('a preview shows the fingerprint of the event that would be sent', async () => {
    const { destination_id: id } = (await post({ version: '1.9.0', record_integrity: true })).body;
    const body = { attestation: SMALLEST_ATTESTATION };
    const reply = await world.call({ method: 'POST', url: `${PATH}/${id}/preview`, body });
    assert.equal(reply.status, 200, reply.text);
    assert.match(reply.text, /attestation_list/);
  });
});
