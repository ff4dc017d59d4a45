import type { RefusalVerdict } from '../../src/egress/refusal-verdict.ts';

/** What the guard says; `allowed` is the absence of a refusal. */
export type Expected = RefusalVerdict | 'allowed';

/** One address as somebody may write it, or as DNS may answer it. */
export interface AddressRow {
  readonly url: string;
  /** What the settings of a destination with this address are told. */
  readonly settings: Expected;
  /** What DNS answers for the name, where the address is a name. */
  readonly answers?: readonly string[];
  /** What is said where it is dialled; absent for a text that is no address, and where it is what the settings were told. */
  readonly dialled?: Expected;
}

/** The address list of the operator under which the rows of a group are judged. */
export interface AddressGroup {
  readonly name: string;
  readonly allow: string;
  readonly rows: readonly AddressRow[];
}

type Short = readonly [url: string, settings: Expected];
type Named = readonly [url: string, answers: readonly string[], dialled: Expected];

function literals(...rows: readonly Short[]): readonly AddressRow[] {
  return rows.map(([url, settings]) => ({ url, settings }));
}

/** Names are taken by the settings; what they lead to decides where it is dialled. */
function names(...rows: readonly Named[]): readonly AddressRow[] {
  return rows.map(([url, answers, dialled]) => ({ url, settings: 'allowed', answers, dialled }));
}

/** Nothing is listed: public addresses over https, on the ports of a SIEM. */
const WITHOUT_LIST: AddressGroup = {
  name: 'without a list',
  allow: '',
  rows: [
    ...literals(
      // Public, as they are and beside the borders of what is not.
      ['https://8.8.8.8', 'allowed'],
      ['https://1.1.1.1:8088', 'allowed'],
      ['https://9.255.255.255', 'allowed'],
      ['https://11.0.0.0', 'allowed'],
      ['https://126.255.255.255', 'allowed'],
      ['https://128.0.0.0', 'allowed'],
      ['https://100.63.255.255', 'allowed'],
      ['https://100.128.0.0', 'allowed'],
      ['https://169.253.255.255', 'allowed'],
      ['https://172.15.255.255', 'allowed'],
      ['https://172.32.0.0', 'allowed'],
      ['https://192.167.255.255', 'allowed'],
      ['https://223.255.255.255', 'allowed'],
      ['https://[2606:4700::1111]', 'allowed'],
      ['https://[2a00:1450::1]:8443', 'allowed'],
      ['https://[::ffff:8.8.8.8]', 'allowed'],
      ['https://[::ffff:808:808]', 'allowed'],
      // Loopback, however it is written.
      ['https://127.0.0.1', 'loopback'],
      ['https://127.0.0.1.', 'loopback'],
      ['https://127.1', 'loopback'],
      ['https://127.0.1', 'loopback'],
      ['https://127.255.255.254', 'loopback'],
      ['https://2130706433', 'loopback'],
      ['https://0x7f000001', 'loopback'],
      ['https://0X7F.1', 'loopback'],
      ['https://0x7f.0x0.0x0.0x1', 'loopback'],
      ['https://017700000001', 'loopback'],
      ['https://0177.0.0.1', 'loopback'],
      ['https://0177.0x0.0.1', 'loopback'],
      ['https://127.0x0.0.01', 'loopback'],
      ['https://%31%32%37.0.0.1', 'loopback'],
      ['https://１２７.0.0.1', 'loopback'],
      ['https://127。0。0。1', 'loopback'],
      ['https://①②⑦.⓪.⓪.①', 'loopback'],
      ['https://[::1]', 'loopback'],
      ['https://[0:0:0:0:0:0:0:1]', 'loopback'],
      ['https://[0000:0000:0000:0000:0000:0000:0000:0001]', 'loopback'],
      ['https://[::0001]', 'loopback'],
      ['https://[::ffff:127.0.0.1]', 'loopback'],
      ['https://[::ffff:7f00:1]', 'loopback'],
      ['https://[0:0:0:0:0:ffff:7f00:1]', 'loopback'],
      ['https://[::FFFF:7F00:0001]', 'loopback'],
      ['https://localhost', 'loopback'],
      ['https://localhost.', 'loopback'],
      ['https://LOCALHOST:8088', 'loopback'],
      ['https://splunk.localhost', 'loopback'],
      ['https://ｌｏｃａｌｈｏｓｔ', 'loopback'],
      ['http://127.0.0.1', 'loopback'],
      ['http://[::1]:8088', 'loopback'],
      ['http://localhost:8600', 'loopback'],
      // Nowhere, which some systems take for loopback.
      ['https://0.0.0.0', 'unspecified'],
      ['https://0', 'unspecified'],
      ['https://0x0', 'unspecified'],
      ['https://0.1.2.3', 'unspecified'],
      ['https://[::]', 'unspecified'],
      ['https://[0:0:0:0:0:0:0:0]', 'unspecified'],
      ['https://[::ffff:0.0.0.0]', 'unspecified'],
      ['http://0.0.0.0:8601', 'unspecified'],
      // Where clouds hand out credentials.
      ['https://169.254.169.254', 'metadata'],
      ['https://169.254.169.254.', 'metadata'],
      ['http://169.254.169.254', 'metadata'],
      ['http://169.254.169.254:80', 'metadata'],
      ['https://2852039166', 'metadata'],
      ['https://0xa9fea9fe', 'metadata'],
      ['https://0xa9.0xfe.0xa9.0xfe', 'metadata'],
      ['https://0251.0376.0251.0376', 'metadata'],
      ['https://025177524776', 'metadata'],
      ['https://169.254.43518', 'metadata'],
      ['https://169.16689662', 'metadata'],
      ['https://１６９.254.169.254', 'metadata'],
      ['https://[::ffff:169.254.169.254]', 'metadata'],
      ['https://[::ffff:a9fe:a9fe]', 'metadata'],
      ['https://[0:0:0:0:0:ffff:a9fe:a9fe]', 'metadata'],
      ['https://[fd00:ec2::254]', 'metadata'],
      ['https://[fd00:0ec2:0:0:0:0:0:0254]', 'metadata'],
      ['https://[fd00:ec2::23]', 'metadata'],
      ['https://[fd20:ce::254]', 'metadata'],
      ['https://169.254.170.2', 'metadata'],
      ['https://100.100.100.200', 'metadata'],
      ['https://168.63.129.16', 'metadata'],
      ['https://[::ffff:168.63.129.16]', 'metadata'],
      ['https://metadata', 'metadata'],
      ['https://metadata.google.internal', 'metadata'],
      ['https://METADATA.google.internal.', 'metadata'],
      ['https://metadata.goog', 'metadata'],
      ['https://instance-data', 'metadata'],
      ['https://instance-data.ec2.internal', 'metadata'],
      // Private, shared, link-local.
      ['https://10.0.0.1:8088', 'private'],
      ['https://10.255.255.255', 'private'],
      ['https://0xa.1', 'private'],
      ['https://012.0.0.1', 'private'],
      ['https://167772161', 'private'],
      ['https://172.16.0.1', 'private'],
      ['https://172.31.255.255', 'private'],
      ['https://192.168.0.1', 'private'],
      ['https://[::ffff:10.0.0.1]', 'private'],
      ['https://[::ffff:c0a8:1]', 'private'],
      ['https://[fc00::1]', 'private'],
      ['https://[fdff:ffff::1]', 'private'],
      ['http://10.0.0.1', 'private'],
      ['https://100.64.0.1', 'shared'],
      ['https://100.127.255.255', 'shared'],
      ['https://[::ffff:100.64.0.1]', 'shared'],
      ['https://169.254.0.1', 'link_local'],
      ['https://169.254.255.255', 'link_local'],
      ['https://[fe80::1]', 'link_local'],
      ['https://[febf:ffff::1]', 'link_local'],
      // IPv4 inside of IPv6, every way that a gateway or an old stack may take out again.
      ['https://[::127.0.0.1]', 'embedded_ipv4'],
      ['https://[::7f00:1]', 'embedded_ipv4'],
      ['https://[::a9fe:a9fe]', 'embedded_ipv4'],
      ['https://[::8.8.8.8]', 'embedded_ipv4'],
      ['https://[::ffff:0:127.0.0.1]', 'embedded_ipv4'],
      ['https://[::ffff:0:a9fe:a9fe]', 'embedded_ipv4'],
      ['https://[64:ff9b::127.0.0.1]', 'embedded_ipv4'],
      ['https://[64:ff9b::a9fe:a9fe]', 'embedded_ipv4'],
      ['https://[64:ff9b::8.8.8.8]', 'embedded_ipv4'],
      ['https://[64:ff9b:1::1]', 'embedded_ipv4'],
      ['https://[64:ff9b:1:a9fe:a9fe::]', 'embedded_ipv4'],
      ['https://[2002:7f00:1::]', 'embedded_ipv4'],
      ['https://[2002:a9fe:a9fe::]', 'embedded_ipv4'],
      ['https://[2002:a00:1::1]', 'embedded_ipv4'],
      ['https://[2002:808:808::1]', 'embedded_ipv4'],
      ['https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]', 'embedded_ipv4'],
      ['https://[2001::1]', 'embedded_ipv4'],
      ['https://192.88.99.1', 'embedded_ipv4'],
      // Set aside by the registries.
      ['https://192.0.2.1', 'documentation'],
      ['https://198.51.100.1', 'documentation'],
      ['https://203.0.113.255', 'documentation'],
      ['https://[2001:db8::1]', 'documentation'],
      ['https://[3fff::1]', 'documentation'],
      ['https://198.18.0.1', 'benchmarking'],
      ['https://198.19.255.255', 'benchmarking'],
      ['https://[2001:2::1]', 'benchmarking'],
      ['https://224.0.0.1', 'multicast'],
      ['https://239.255.255.255', 'multicast'],
      ['https://[ff02::1]', 'multicast'],
      ['https://192.0.0.1', 'reserved'],
      ['https://240.0.0.1', 'reserved'],
      ['https://255.255.255.255', 'reserved'],
      ['https://0xffffffff', 'reserved'],
      ['https://[100::1]', 'reserved'],
      ['https://[5f00::1]', 'reserved'],
      ['https://[fec0::1]', 'reserved'],
      ['https://[2001:10::1]', 'reserved'],
      ['https://[4000::1]', 'reserved'],
      // Ports of other services, and plain http.
      ['https://8.8.8.8:22', 'port'],
      ['https://8.8.8.8:25', 'port'],
      ['https://8.8.8.8:5432', 'port'],
      ['https://8.8.8.8:6379', 'port'],
      ['https://8.8.8.8:8600', 'port'],
      ['https://8.8.8.8:9200', 'port'],
      ['https://splunk.example.com:0', 'port'],
      ['https://splunk.example.com:80', 'port'],
      ['http://8.8.8.8:8088', 'plain_http'],
      ['http://splunk.example.com:8088', 'plain_http'],
    ),
    ...literals(
      // Texts that two readers could understand differently.
      ['https://user:secret@splunk.example.com', 'userinfo'],
      ['https://splunk.example.com@127.0.0.1', 'userinfo'],
      ['https://:secret@127.0.0.1', 'userinfo'],
      ['https://%40@127.0.0.1', 'userinfo'],
      ['https://splunk.example.com\\@127.0.0.1/', 'not_a_url'],
      ['https://127.0.0.1\\.splunk.example.com', 'not_a_url'],
      ['https://splunk.example.com#@127.0.0.1/', 'query'],
      ['https://splunk.example.com?@127.0.0.1/', 'query'],
      ['https://splunk.example.com?token=secret', 'query'],
      ['https://splunk.exa\tmple.com', 'not_a_url'],
      ['https://127.0.\n0.1', 'not_a_url'],
      ['https://127.0.0.1\r\n', 'not_a_url'],
      [' https://127.0.0.1', 'not_a_url'],
      ['https://127.0.0.1\u0000.example.com', 'not_a_url'],
      ['https://127.0.0.1%00.example.com', 'not_a_url'],
      ['https://splunk.example.com%0d%0aX-Y:z', 'not_a_url'],
      ['https://[fe80::1%25eth0]', 'not_a_url'],
      ['https://[::1%lo]', 'not_a_url'],
      ['https://[::1', 'not_a_url'],
      ['https://::1', 'not_a_url'],
      ['https://[127.0.0.1]', 'not_a_url'],
      ['https://[::ffff:127.0.0.1.]', 'not_a_url'],
      ['https://256.256.256.256', 'not_a_url'],
      ['https://127.0.0.0.1', 'not_a_url'],
      ['https://0x1ffffffff', 'not_a_url'],
      ['https://splunk.example.com:99999', 'not_a_url'],
      ['https://splunk.example.com:8088:22', 'not_a_url'],
      ['https:///127.0.0.1', 'not_a_url'],
      ['https:127.0.0.1', 'not_a_url'],
      ['//127.0.0.1', 'not_a_url'],
      ['127.0.0.1', 'not_a_url'],
      ['file:///etc/passwd', 'not_a_url'],
      ['ftp://127.0.0.1', 'scheme'],
      ['gopher://127.0.0.1:6379/_x', 'scheme'],
      ['unix:///var/run/docker.sock', 'not_a_url'],
      ['javascript://127.0.0.1', 'scheme'],
      ['data:text/plain,x', 'not_a_url'],
      [`https://${'a'.repeat(64)}.example.com`, 'not_a_url'],
      [`https://${'a.'.repeat(130)}example.com`, 'not_a_url'],
      ['https://xn--.example.com', 'not_a_url'],
      ['https://xn--zz--zz.example.com', 'not_a_url'],
      ['https://xn--80ak6aa92e.example.com', 'allowed'],
      ['https://sрlunk.example.com', 'not_ascii'],
      ['https://spl\u00adunk.example.com', 'not_ascii'],
      ['https://\u202esplunk.example.com', 'not_a_url'],
      ['https://splunk\u200b.example.com', 'not_ascii'],
    ),
    ...names(
      ['https://splunk.example.com:8088', ['8.8.8.8', '2606:4700::1111'], 'allowed'],
      ['https://splunk.example.com.', ['8.8.8.8'], 'allowed'],
      ['https://a.example.com', ['127.0.0.1'], 'loopback'],
      ['https://b.example.com', ['::1'], 'loopback'],
      ['https://c.example.com', ['10.0.0.1'], 'private'],
      ['https://d.example.com', ['169.254.169.254'], 'metadata'],
      ['https://e.example.com', ['fd00:ec2::254'], 'metadata'],
      ['https://f.example.com', ['::ffff:169.254.169.254'], 'metadata'],
      ['https://g.example.com', ['64:ff9b::a9fe:a9fe'], 'embedded_ipv4'],
      ['https://h.example.com', ['0.0.0.0'], 'unspecified'],
      ['https://i.example.com', ['fe80::1'], 'link_local'],
      // An answer that is no plain address: nothing that could be judged, so nothing that is dialled.
      ['https://j.example.com', ['fe80::1%eth0'], 'reserved'],
      ['https://k.example.com', ['/run/postgresql'], 'reserved'],
      ['https://l.example.com', ['0x7f.1'], 'reserved'],
      // One answer of many refuses the name, wherever it stands.
      ['https://m.example.com', ['8.8.8.8', '127.0.0.1'], 'loopback'],
      ['https://n.example.com', ['127.0.0.1', '8.8.8.8'], 'loopback'],
      ['https://o.example.com', ['8.8.8.8', '1.1.1.1', '2606:4700::1111', '10.0.0.1'], 'private'],
      [
        'https://p.example.com',
        [...Array.from({ length: 40 }, (_, index) => `8.8.4.${index}`), '192.168.1.1'],
        'private',
      ],
    ),
  ],
};

/** A Splunk of the company, one of this machine over plain http, and one over IPv6. */
const WITH_A_LIST: AddressGroup = {
  name: 'with networks on the list',
  allow: '10.20.0.0/16:8088,http+127.0.0.1/32:1024-65535,[fd00:1::/32]:443',
  rows: [
    ...literals(
      ['https://10.20.9.9:8088', 'allowed'],
      ['https://[::ffff:10.20.9.9]:8088', 'allowed'],
      ['https://[fd00:1::5]', 'allowed'],
      ['http://127.0.0.1:9000', 'allowed'],
      ['https://10.20.9.9', 'private'],
      ['https://10.20.9.9:8089', 'private'],
      ['http://10.20.9.9:8088', 'private'],
      ['https://10.21.0.0:8088', 'private'],
      ['https://10.19.255.255:8088', 'private'],
      ['https://[fd00:2::5]', 'private'],
      ['https://[fd00:1::5]:8088', 'private'],
      ['http://127.0.0.1:80', 'loopback'],
      ['http://127.0.0.2:9000', 'loopback'],
      ['http://[::1]:9000', 'loopback'],
      // Carried inside of IPv6 it is another address, and that one is not listed.
      ['https://[64:ff9b::10.20.9.9]:8088', 'embedded_ipv4'],
      ['https://[2002:a14:909::1]', 'embedded_ipv4'],
      ['http://169.254.169.254', 'metadata'],
    ),
    ...names(
      ['https://a.example.com:8088', ['10.20.9.9'], 'allowed'],
      ['https://b.example.com:8088', ['10.20.9.9', '10.21.0.1'], 'private'],
      ['http://c.example.com:9000', ['127.0.0.1'], 'allowed'],
      ['http://d.example.com:9000', ['127.0.0.1', '::1'], 'loopback'],
      ['http://e.example.com:9000', ['8.8.8.8'], 'plain_http'],
      ['https://f.example.com:9000', ['8.8.8.8'], 'port'],
    ),
  ],
};

/** Where the service of the last group listens, and its database. */
export const OWN_ENDPOINTS = [
  { address: '0.0.0.0', port: 8600, ownAddresses: ['192.168.7.7', 'fd00::7'] },
  { address: '10.0.0.5', port: 5432 },
] as const;

/** The widest list that can be written: everything, also over plain http. */
const WITH_EVERYTHING_LISTED: AddressGroup = {
  name: 'with everything on the list',
  allow: 'http+0.0.0.0/0,http+[::/0]',
  rows: [
    ...literals(
      ['http://127.0.0.1:8601', 'allowed'],
      ['http://10.0.0.6:5432', 'allowed'],
      ['http://127.0.0.1:8600', 'own_service'],
      ['http://127.8.8.8:8600', 'own_service'],
      ['http://[::1]:8600', 'own_service'],
      ['http://[::ffff:127.0.0.1]:8600', 'own_service'],
      ['http://0.0.0.0:8600', 'own_service'],
      ['http://192.168.7.7:8600', 'own_service'],
      ['http://[fd00::7]:8600', 'own_service'],
      ['https://10.0.0.5:5432', 'own_service'],
      ['https://[::ffff:10.0.0.5]:5432', 'own_service'],
      ['http://169.254.169.254', 'metadata'],
      ['http://169.254.169.254:8080', 'metadata'],
      ['http://[fd00:ec2::254]', 'metadata'],
      ['http://[::ffff:a9fe:a9fe]', 'metadata'],
      ['http://metadata.google.internal', 'metadata'],
    ),
    ...names(
      ['http://a.example.com:8600', ['127.0.0.1'], 'own_service'],
      ['https://b.example.com:5432', ['10.0.0.5'], 'own_service'],
      ['http://c.example.com', ['169.254.169.254'], 'metadata'],
      ['http://d.example.com', ['8.8.8.8', '169.254.169.254'], 'metadata'],
    ),
  ],
};

export const ADDRESS_GROUPS: readonly AddressGroup[] = [WITHOUT_LIST, WITH_A_LIST, WITH_EVERYTHING_LISTED];
