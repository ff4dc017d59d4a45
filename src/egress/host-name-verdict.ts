/** Where `localhost` leads. */
export const LOOPBACK: readonly Uint8Array[] = [
  Uint8Array.of(127, 0, 0, 1),
  Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
];

/** Names under which clouds hand out credentials, apart from their addresses. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/**
 * What can be said of a name before it is looked up. A convenience for the person who configures: the address is checked
 * again where it is dialled, whatever the name.
 */
export function verdictOfName(hostname: string): 'loopback' | 'metadata' | undefined {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  return METADATA_NAMES.has(name) ? 'metadata' : undefined;
}
