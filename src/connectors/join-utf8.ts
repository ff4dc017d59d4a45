/**
 * The texts one after another, in UTF-8. Each is encoded alone: joined to one string first, a single character outside of
 * Latin-1 would make all of it a string of two-byte units, which is several times dearer to encode.
 */
export function joinUtf8(texts: readonly string[]): Buffer {
  let length = 0;
  for (const text of texts) length += Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const text of texts) at += bytes.write(text, at);
  return bytes;
}
