import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAddressPolicy, type UrlVerdict } from './address-policy.ts';
import { addressVerdict } from './address-verdict.ts';
import { parseIp } from './ip-address.ts';

function verdictOf(answer: UrlVerdict): string | undefined {
  return answer.ok ? undefined : answer.verdict;
}

describe('addressVerdict', () => {
  const TABLE: Readonly<Record<string, readonly string[]>> = {
    public: [
      '1.1.1.1',
      '8.8.8.8',
      '100.63.255.255',
      '100.128.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.0.1.0',
      '192.167.255.255',
      '198.17.255.255',
      '198.20.0.0',
      '223.255.255.255',
      '2606:4700::1111',
      '2a00:1450::1',
      '2400:cb00::',
      '::ffff:8.8.8.8',
      '::ffff:808:808',
      '9.255.255.255',
      '11.0.0.0',
      '126.255.255.255',
      '128.0.0.0',
      '169.253.255.255',
      '169.255.0.0',
      '192.0.3.0',
      '198.51.99.255',
      '203.0.112.255',
      '2001:200::1',
      '2003::1',
      '3ffe:ffff::1',
    ],
    metadata: [
      '169.254.169.254',
      '169.254.170.2',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      'fd00:ec2::254',
      '100.100.100.200',
      '168.63.129.16',
      'fd00:ec2::23',
      'fd00:0ec2:0:0:0:0:0:254',
      'fd20:ce::254',
      '0:0:0:0:0:ffff:a9fe:a9fe',
      '::ffff:a9fe:aa02',
      '::ffff:100.100.100.200',
      '::ffff:a83f:8110',
    ],
    loopback: [
      '127.0.0.1',
      '127.1.2.3',
      '127.255.255.255',
      '::1',
      '0:0:0:0:0:0:0:1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '0:0:0:0:0:ffff:7f00:1',
    ],
    private: [
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
      'fc00::1',
      'fdff:ffff::1',
      '::ffff:10.0.0.1',
      '::ffff:a00:1',
      '::ffff:192.168.0.1',
      '::ffff:ac10:1',
      'fd00::1',
    ],
    shared: ['100.64.0.0', '100.127.255.255', '::ffff:100.64.0.1'],
    link_local: ['169.254.0.1', '169.254.255.255', 'fe80::1', 'febf::1', '::ffff:169.254.1.1'],
    unspecified: ['0.0.0.0', '0.1.2.3', '0.255.255.255', '::', '::ffff:0.0.0.0'],
    documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff::1'],
    benchmarking: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
    multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
    reserved: [
      '192.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
      'fec0::1',
      '100::1',
      '5f00::1',
      '2001:1::1',
      '2001:10::1',
      '2001:20::1',
      '100:0:0:1::1',
      '200::1',
      '1fff:ffff::1',
      'fe00::1',
      '255.0.0.1',
      '254.255.255.255',
      '4000::1',
      '8000::1',
    ],
    embedded_ipv4: [
      '::127.0.0.1',
      '::a9fe:a9fe',
      '::ffff:0:127.0.0.1',
      '::ffff:0:7f00:1',
      '64:ff9b::127.0.0.1',
      '64:ff9b::a9fe:a9fe',
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2002:a9fe:a9fe::',
      '2001:0:4136:e378::',
      '2001::1',
      '2002:808:808::1',
      '64:ff9b::808:808',
      '64:ff9b:1:a9fe:a9fe::',
      '::8.8.8.8',
      '::ffff:0:a9fe:a9fe',
      '192.88.99.1',
    ],
  };
  for (const [verdict, addresses] of Object.entries(TABLE)) {
    it(`calls ${addresses.length} addresses ${verdict}`, () => {
      for (const text of addresses) {
        const address = parseIp(text);
        assert.ok(address !== undefined, text);
        assert.equal(addressVerdict(address), verdict, text);
      }
    });
  }
});

describe('createAddressPolicy', () => {
  it('takes https to public names, on the ports of a SIEM, and nothing else without a list', () => {
    const policy = createAddressPolicy('');
    const cases: readonly (readonly [string, string | undefined])[] = [
      ['https://splunk.example.com', undefined],
      ['https://splunk.example.com:8088/base', undefined],
      ['https://8.8.8.8:443', undefined],
      ['https://splunk.example.com.:8088', undefined],
      ['https://xn--spunk-m7a.example.com', undefined],
      ['https://splunk.example.com:25', 'port'],
      ['https://splunk.example.com:5432', 'port'],
      ['https://splunk.example.com:6379', 'port'],
      ['https://splunk.example.com:99999', 'not_a_url'],
      ['http://splunk.example.com:8088', 'plain_http'],
      ['https://splunk.example.com:22', 'port'],
      ['https://splunk.example.com:0', 'port'],
      ['https://127.1', 'loopback'],
      ['https://0x7f.1', 'loopback'],
      ['https://2130706433', 'loopback'],
      ['https://0177.0.0.1', 'loopback'],
      ['https://１２７.0.0.1', 'loopback'],
      ['https://%31%32%37.0.0.1', 'loopback'],
      ['https://[::1]', 'loopback'],
      ['https://[::ffff:7f00:1]', 'loopback'],
      ['https://localhost', 'loopback'],
      ['https://LOCALHOST.', 'loopback'],
      ['https://splunk.localhost:8088', 'loopback'],
      ['https://0.0.0.0', 'unspecified'],
      ['https://0', 'unspecified'],
      ['https://[::]', 'unspecified'],
      ['https://[::127.0.0.1]', 'embedded_ipv4'],
      ['https://[::ffff:0:7f00:1]', 'embedded_ipv4'],
      ['https://255.255.255.255', 'reserved'],
      ['https://[5f00::1]', 'reserved'],
      ['https://[100::1]', 'reserved'],
      ['https://10.0.0.1:8088', 'private'],
      ['https://metadata.google.internal', 'metadata'],
      ['https://METADATA.google.internal.', 'metadata'],
      ['https://169.254.169.254.', 'metadata'],
      ['https://[fd00:ec2::254]', 'metadata'],
      ['https://[2002:a9fe:a9fe::]', 'embedded_ipv4'],
      ['https://sрlunk.example.com', 'not_ascii'],
      [`https://${'a'.repeat(64)}.example.com`, 'not_a_url'],
      [`https://${'a.'.repeat(130)}example.com`, 'not_a_url'],
      ['https://splunk.example.com#@127.0.0.1/', 'query'],
      ['data:text/plain,x', 'not_a_url'],
      ['https://169.254.169.254', 'metadata'],
      ['https://[64:ff9b::a9fe:a9fe]', 'embedded_ipv4'],
      ['https://user:secret@splunk.example.com', 'userinfo'],
      ['https://splunk.example.com?token=x', 'query'],
      ['https://splunk.example.com#x', 'query'],
      ['ftp://splunk.example.com', 'scheme'],
      ['javascript://splunk.example.com', 'scheme'],
      ['file:///etc/passwd', 'not_a_url'],
      ['//splunk.example.com', 'not_a_url'],
      ['https:///x', 'not_a_url'],
      ['https:/splunk.example.com', 'not_a_url'],
      ['https://host\\@127.0.0.1/', 'not_a_url'],
      ['https://splunk.exa\tmple.com', 'not_a_url'],
      ['https://splunk.example.com\n', 'not_a_url'],
      ['splunk.example.com', 'not_a_url'],
      ['', 'not_a_url'],
    ];
    for (const [url, verdict] of cases) {
      const answer = policy.checkUrl(url);
      assert.equal(verdictOf(answer), verdict, url);
      if (!answer.ok) assert.doesNotMatch(answer.message, /secret/);
    }
  });

  it('opens what the list names, and only on its ports and schemes', () => {
    const policy = createAddressPolicy(
      '10.20.0.0/16:8088, http+127.0.0.1/32:1024-65535,[fd00:1::/32]:443,192.168.7.7',
    );
    for (const url of [
      'https://10.20.9.9:8088',
      'http://127.0.0.1:9000',
      'https://127.0.0.1:9000',
      'https://[fd00:1::5]',
      'https://192.168.7.7:1234',
    ]) {
      assert.ok(policy.checkUrl(url).ok, url);
      assert.ok(policy.listAllows(new URL(url)), url);
    }
    for (const url of [
      'https://10.21.0.1:8088',
      'https://10.20.9.9:443',
      'http://10.20.9.9:8088',
      'http://127.0.0.1:80',
      'https://127.0.0.2:9000',
      'https://[fd00:2::5]',
      'https://192.168.7.8',
    ]) {
      assert.ok(!policy.checkUrl(url).ok, url);
      assert.ok(!policy.listAllows(new URL(url)), url);
    }
  });

  it('takes localhost only where the list has loopback on that port and scheme', () => {
    const policy = createAddressPolicy('http+127.0.0.1/32:8088,10.0.0.0/8,[::1]:9443');
    for (const url of ['http://localhost:8088', 'https://localhost:8088', 'https://localhost:9443'])
      assert.ok(policy.checkUrl(url).ok, url);
    for (const url of ['http://localhost:9443', 'https://localhost', 'https://localhost:8443'])
      assert.equal(verdictOf(policy.checkUrl(url)), 'loopback', url);
  });

  it('shows the name that is meant when letters look alike, and takes it written that way', () => {
    const policy = createAddressPolicy('');
    const answer = policy.checkUrl('https://sрlunk.example.com');
    assert.ok(!answer.ok && answer.message.startsWith('xn--slunk-vye.example.com: '), JSON.stringify(answer));
    assert.ok(policy.checkUrl('https://xn--slunk-vye.example.com').ok);
  });

  it('never dials its own service or database, whatever the list says', () => {
    const policy = createAddressPolicy('http+0.0.0.0/0,http+[::/0]', {
      denied: [
        { address: '0.0.0.0', port: 8600, ownAddresses: ['192.168.7.7', 'fe80::1%eth0', 'fd00::7'] },
        { address: '10.0.0.5', port: 5432 },
      ],
    });
    for (const url of [
      'http://127.0.0.1:8600',
      'http://127.9.9.9:8600',
      'http://[::1]:8600',
      'http://[::ffff:127.0.0.1]:8600',
      'http://0.0.0.0:8600',
      'http://192.168.7.7:8600',
      'http://[fd00::7]:8600',
      'https://10.0.0.5:5432',
    ]) {
      assert.equal(verdictOf(policy.checkUrl(url)), 'own_service', url);
    }
    for (const url of [
      'http://127.0.0.1:8601',
      'http://192.168.7.8:8600',
      'http://10.0.0.5:8088',
      'http://10.0.0.6:5432',
    ]) {
      assert.equal(verdictOf(policy.checkUrl(url)), undefined, url);
    }
    assert.throws(
      () => createAddressPolicy('', { denied: [{ address: 'db.example.com', port: 5432 }] }),
      /"db.example.com" is no IP address/,
    );
  });

  it('never opens the metadata address by the list, and opens it for a managed-identity token only', () => {
    const policy = createAddressPolicy('http+0.0.0.0/0,http+[::/0]');
    const address = parseIp('169.254.169.254');
    assert.ok(address !== undefined);
    const dial = { address, port: 80, plainHttp: true };
    assert.equal(policy.refusalOf({ ...dial, managedIdentity: false }), 'metadata');
    assert.equal(policy.refusalOf({ ...dial, managedIdentity: true }), undefined);
    assert.equal(policy.refusalOf({ ...dial, port: 8080, managedIdentity: true }), 'metadata');
  });

  for (const entry of [
    '10.0.0.0/33',
    '10.0.0/8',
    'splunk.example.com',
    '10.0.0.0/8:0',
    '10.0.0.0/8:9-3',
    '10.0.0.0/8:70000',
    'ftp+10.0.0.0/8',
    'fd00::/8:x',
    '10.0.0.0/8/9',
  ]) {
    it(`refuses the entry "${entry}" by name`, () => {
      assert.throws(
        () => createAddressPolicy(`10.1.0.0/16,${entry}`),
        (error: Error) => error.message.includes(`"${entry}"`),
      );
    });
  }
});
