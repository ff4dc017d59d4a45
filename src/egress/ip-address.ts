import { isIPv4, isIPv6 } from 'node:net';

/** An IP address as its bytes: 4 for IPv4, 16 for IPv6. Decisions are made on bytes, never on text. */
export type IpBytes = Uint8Array;

/** The bytes of an address literal, or undefined for anything else (a name, a zone id, brackets). */
export function parseIp(text: string): IpBytes | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return parseIpv6(text);
}

function parseIpv6(text: string): IpBytes {
  const [head = '', tail] = text.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const bytes = new Uint8Array(16);
  bytes.set(left, 0);
  bytes.set(right, 16 - right.length);
  return bytes;
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** A network: the first `prefixBits` bits decide. */
export interface Network {
  readonly bytes: IpBytes;
  readonly prefixBits: number;
}

/** `10.20.0.0/16`, `fd00::/8`, or a single address. Undefined when it is no network. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefix] = text.split('/');
  const bytes = parseIp(address);
  if (bytes === undefined || text.split('/').length > 2) return undefined;
  const maxBits = bytes.length * 8;
  if (prefix === undefined) return { bytes, prefixBits: maxBits };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > maxBits) return undefined;
  return { bytes, prefixBits: Number(prefix) };
}

export function isInNetwork(address: IpBytes, network: Network): boolean {
  if (address.length !== network.bytes.length) return false;
  const wholeBytes = network.prefixBits >> 3;
  for (let index = 0; index < wholeBytes; index += 1)
    if (address[index] !== network.bytes[index]) return false;
  const restBits = network.prefixBits & 7;
  if (restBits === 0) return true;
  const mask = 0xff << (8 - restBits);
  return ((address[wholeBytes] ?? 0) & mask) === ((network.bytes[wholeBytes] ?? 0) & mask);
}

/** The IPv4 address inside of an IPv4-mapped IPv6 address (`::ffff:a.b.c.d`), which is dialled as IPv4. */
export function mappedIpv4(address: IpBytes): IpBytes | undefined {
  if (address.length !== 16) return undefined;
  const isMapped =
    address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 0xff && address[11] === 0xff;
  return isMapped ? address.subarray(12) : undefined;
}
