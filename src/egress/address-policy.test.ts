import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAddressPolicy } from './address-policy.ts';
import { addressVerdict } from './address-verdict.ts';
import { parseIp } from './ip-address.ts';

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
    ],
    metadata: [
      '169.254.169.254',
      '169.254.170.2',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      'fd00:ec2::254',
      '100.100.100.200',
      '168.63.129.16',
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
    ],
    shared: ['100.64.0.0', '100.127.255.255'],
    link_local: ['169.254.0.1', '169.254.255.255', 'fe80::1', 'febf::1'],
    unspecified: ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'],
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
      ['https://10.0.0.1:8088', 'private'],
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
      assert.equal(answer.ok ? undefined : answer.verdict, verdict, url);
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
