/** Which addresses may be configured, and which are dialled: over http and https, as literals and as names. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { createAddressPolicy, type Dial, literalAddress, portOf } from '../../src/egress/address-policy.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { EgressResult } from '../../src/egress/egress.ts';
import { parseIp } from '../../src/egress/ip-address.ts';
import { ADDRESS_GROUPS, type AddressRow, OWN_ENDPOINTS } from './address-table.ts';
import { countDials } from './count-dials.ts';

/** Fewer would not cover every range in every spelling. */
const LEAST_ROWS = 120;

/** What is refused as a text, before anything could be dialled. */
const JUDGED_BY_TEXT: ReadonlySet<string> = new Set(['userinfo', 'query', 'not_a_url', 'not_ascii']);

function ask(url: URL, allow: string, row: AddressRow): Promise<EgressResult> {
  const egress = createEgress({
    policy: createAddressPolicy(allow, { denied: OWN_ENDPOINTS }),
    resolve: () => Promise.resolve(row.answers ?? []),
  });
  return egress.request({
    method: 'POST',
    url,
    headers: {},
    body: Buffer.from('body'),
    timeoutMs: 2_000,
    maxResponseBytes: 1_000,
  });
}

describe('addresses', () => {
  it(`has at least ${LEAST_ROWS} rows, none of them twice`, () => {
    const urls = ADDRESS_GROUPS.flatMap(({ name, rows }) => rows.map(({ url }) => `${name} ${url}`));
    assert.ok(urls.length >= LEAST_ROWS, `${urls.length}`);
    assert.equal(new Set(urls).size, urls.length);
  });

  it('counts a socket where one is made', async () => {
    using dials = countDials();
    const socket = connect(1, '127.0.0.1').on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    assert.equal(dials.count(), 1);
  });

  for (const { name, allow, rows } of ADDRESS_GROUPS) {
    const policy = createAddressPolicy(allow, { denied: OWN_ENDPOINTS });
    for (const row of rows) {
      it(`${name}: ${JSON.stringify(row.url)} is ${row.settings}, dialled ${row.dialled ?? row.settings}`, async () => {
        const answer = policy.checkUrl(row.url);
        assert.equal(answer.ok ? 'allowed' : answer.verdict, row.settings);
        if (!answer.ok) assert.doesNotMatch(answer.message, /secret/);
        const url = URL.parse(row.url);
        const isAddress = url !== null && literalAddress(url) !== undefined;
        if (url === null || (!isAddress && row.answers === undefined)) return;
        const expected = row.dialled ?? row.settings;
        if (JUDGED_BY_TEXT.has(expected)) return;
        if (expected === 'allowed') {
          // Not dialled from here: nobody outside is to hear of a test.
          for (const address of row.answers?.map(parseIp) ?? [literalAddress(url)]) {
            assert.ok(address !== undefined);
            const plainHttp = url.protocol === 'http:';
            const dial: Dial = { address, port: portOf(url), plainHttp, managedIdentity: false };
            assert.equal(policy.refusalOf(dial), undefined);
          }
          return;
        }
        using dials = countDials();
        const result = await ask(url, allow, row);
        assert.deepEqual(result.kind === 'failure' && [result.phase, result.code, result.requestSent], [
          'blocked',
          `address_${expected}`,
          false,
        ]);
        assert.equal(dials.count(), 0, 'nothing is dialled');
      });
    }
  }
});
