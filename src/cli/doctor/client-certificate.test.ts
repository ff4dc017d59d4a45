/** A SIEM that asks for a client certificate already in the handshake, as TLS 1.2 has it: doctor shows it, as a send does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callService } from '../../../test/api/call-service.ts';
import { Installation, WORKSPACE } from '../../../test/api/installation.ts';
import { runCommand } from '../../../test/cli/run-command.ts';
import { startFakeSplunk } from '../../../test/fake-splunk/fake-splunk.ts';
import { issueCertificate, makeAuthority } from '../../../test/fake-splunk/test-certificates.ts';

const DAY_MS = 86_400_000;
/** Half a day more, so that the test does not stand on the edge of a day. */
const LEFT_MS = 5.5 * DAY_MS;

test('doctor shakes hands with the client certificate of a destination, and warns of its end', async (t) => {
  const authority = makeAuthority('An authority of its own');
  const server = issueCertificate(authority, { dnsName: 'splunk.example.com', ipAddress: '127.0.0.1' });
  const ours = issueCertificate(authority, {
    dnsName: 'aegis.example.com',
    notAfter: new Date(Date.now() + LEFT_MS),
  });
  const splunk = await startFakeSplunk({
    tls: {
      cert: server.certificatePem,
      key: server.privateKeyPem,
      ca: authority.certificatePem,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion: 'TLSv1.2',
    },
  });
  const installation = new Installation();
  t.after(async () => {
    await splunk.close();
    installation.remove();
  });
  const service = await installation.start();
  const made = await callService(service.url, installation.key(), 'POST', '/v1/siem/destinations', {
    name: 'mutual',
    workspace_id: WORKSPACE,
    type: 'splunk_hec',
    config: {
      url: splunk.url,
      tls: { ca_pem: authority.certificatePem, client_cert_pem: ours.certificatePem },
    },
    credentials: { token: splunk.token, client_key_pem: ours.privateKeyPem },
  });
  await service.stop();
  assert.equal(made.status, 201, made.text);
  const env = installation.env({ AEGIS_SIEM_CHECKPOINT_SECONDS: '300' });
  const { out, code } = await runCommand(['doctor'], { env });
  assert.equal(code, 0, out);
  assert.match(out, /^ok {4}destination mutual: https:\S+ is reached over TLSv1\.2/m);
  assert.match(out, /^ok {4}destination mutual: Test event taken/m);
  assert.match(
    out,
    /^warn {2}destination mutual: Our certificate in tls\.client_cert_pem \(CN=aegis\.example\.com\) holds 5 more days\n {6}do: .*destinations update mutual.*\n {6}read: docs\/operations\/certificate\.md$/m,
  );
  assert.match(out, /^ok {4}destination mutual: The authority in tls\.ca_pem .* holds \d+ more days$/m);
});
