import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseIp } from '../../src/egress/ip-address.ts';

export interface StubDns extends AsyncDisposable {
  readonly port: number;
  /** Questions so far. */
  readonly questions: () => number;
}

const TYPE_A = 1;
const TYPE_AAAA = 28;
const HEADER_BYTES = 12;
/** Response, recursion available, no error (RFC 1035, section 4.1.1). */
const ANSWER_FLAGS = 0x8180;
/** Points to the name of the question, which begins right after the header. */
const NAME_OF_QUESTION = 0xc00c;

/**
 * A name server on a UDP socket of its own. Every name has the addresses that `answersTo` says at that moment, with a time to
 * live of 0: nobody may keep an answer.
 */
export async function startStubDns(
  answersTo: (name: string) => readonly string[],
  at: { readonly address: string; readonly port: number } = { address: '127.0.0.1', port: 0 },
): Promise<StubDns> {
  let questions = 0;
  const socket = createSocket('udp4');
  socket.on('message', (query, { address, port }) => {
    questions += 1;
    socket.send(answerTo(query, answersTo), port, address);
  });
  socket.bind(at.port, at.address);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    questions: () => questions,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function answerTo(query: Buffer, answersTo: (name: string) => readonly string[]): Buffer {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
  const type = query.readUInt16BE(at + 1);
  const question = query.subarray(HEADER_BYTES, at + 5);
  const wanted = answersTo(labels.join('.').toLowerCase())
    .map((text) => parseIp(text))
    .filter((bytes) => bytes !== undefined)
    .filter(({ length }) => (length === 4 ? type === TYPE_A : type === TYPE_AAAA));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(ANSWER_FLAGS, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(wanted.length, 6);
  return Buffer.concat([header, question, ...wanted.map((bytes) => recordOf(type, bytes))]);
}

/** Name, type, class IN, a time to live of 0, length, address. */
function recordOf(type: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(NAME_OF_QUESTION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}
