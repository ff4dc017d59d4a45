/** What a link or a seal keeps of each thing that it covers: its number, and enough of its hash to say which one differs. */
export interface IndexEntry {
  readonly no: number;
  /** The first 8 bytes of its SHA-256, in hex. What proves is the root; this only finds. */
  readonly mark: string;
}

const NUMBER_BYTES = 6;
const MARK_BYTES = 8;
const ENTRY_BYTES = NUMBER_BYTES + MARK_BYTES;

export function markOf(sha256: Uint8Array): string {
  return Buffer.from(sha256.buffer, sha256.byteOffset, MARK_BYTES).toString('hex');
}

/** 14 bytes an entry: number (6, big-endian), mark (8). */
export function encodeIndex(entries: readonly IndexEntry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * ENTRY_BYTES);
  for (const [place, { no, mark }] of entries.entries()) {
    bytes.writeUIntBE(no, place * ENTRY_BYTES, NUMBER_BYTES);
    bytes.write(mark, place * ENTRY_BYTES + NUMBER_BYTES, 'hex');
  }
  return bytes;
}

/** Undefined for bytes that no index has. */
export function decodeIndex(index: Uint8Array): readonly IndexEntry[] | undefined {
  if (index.length % ENTRY_BYTES !== 0) return undefined;
  const bytes = Buffer.from(index.buffer, index.byteOffset, index.length);
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, place) => {
    const at = place * ENTRY_BYTES;
    return {
      no: bytes.readUIntBE(at, NUMBER_BYTES),
      mark: bytes.toString('hex', at + NUMBER_BYTES, at + ENTRY_BYTES),
    };
  });
}
