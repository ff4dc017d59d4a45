/**
 * Two event collectors in a process of their own, which no kill of a round reaches. They hold the sender to the protocol
 * (the fake Splunk of the tests) and note what they were given; one of them acknowledges later.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { readPublicKey } from '../../src/proof/checkpoint-key.ts';
import { Verification } from '../../src/verify/verification.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { type Arrival, ArrivalBook } from './arrival-book.ts';

/** Answers take a moment, so that at a kill requests are on their way. */
const ANSWER_DELAY_MS = 20;
const FOR_EVER = Number.MAX_SAFE_INTEGER;

export interface CollectorAddress {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly acknowledgement: boolean;
}

type Question =
  | { readonly ask: 'places'; readonly atLeast: number }
  | { readonly ask: 'write'; readonly path: string }
  | { readonly ask: 'verify'; readonly pem: string; readonly path: string };

/** What the proof says of all that one SIEM was given. */
export interface StreamProof {
  readonly complete: boolean;
  readonly checkpoints: number;
  /** Name and sentence of each fault. */
  readonly faults: readonly string[];
}

export interface SiemProcess {
  readonly collectors: readonly CollectorAddress[];
  /** Resolves when all collectors together noted at least so many places; answers how many there are. */
  waitForPlaces(atLeast: number): Promise<number>;
  /** Everything noted so far, by collector. `folder`: for the file that it travels in. */
  arrivals(path: string): Promise<Readonly<Record<string, readonly Arrival[]>>>;
  /** Holds all that came against its checkpoints, as the team of a SIEM would, by collector. */
  verify(pem: string, path: string): Promise<Readonly<Record<string, StreamProof>>>;
  stop(): Promise<void>;
}

export async function startSiemProcess(): Promise<SiemProcess> {
  const child = fork(import.meta.filename, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [collectors] = (await once(child, 'message')) as [readonly CollectorAddress[]];
  const ask = async (question: Question): Promise<number> => {
    child.send(question);
    const [answer] = (await once(child, 'message')) as [number];
    return answer;
  };
  // One question at a time: answers carry no name.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (question: Question): Promise<number> => {
    const answer = last.then(() => ask(question));
    last = answer;
    return answer;
  };
  return {
    collectors,
    waitForPlaces: (atLeast) => inTurn({ ask: 'places', atLeast }),
    arrivals: async (path) => {
      await inTurn({ ask: 'write', path });
      return JSON.parse(readFileSync(path, 'utf8')) as Record<string, readonly Arrival[]>;
    },
    verify: async (pem, path) => {
      await inTurn({ ask: 'verify', pem, path });
      return JSON.parse(readFileSync(path, 'utf8')) as Record<string, StreamProof>;
    },
    stop: () => endOf(child),
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

async function serve(): Promise<void> {
  const books: Record<string, ArrivalBook> = {};
  const proofs: Record<string, Verification> = {};
  const collectors: CollectorAddress[] = [];
  const running: FakeSplunk[] = [];
  let waiting: number | undefined;
  const places = (): number => Object.values(books).reduce((sum, book) => sum + book.places, 0);
  const look = (): void => {
    if (waiting === undefined || places() < waiting) return;
    waiting = undefined;
    process.send?.(places());
  };
  for (const [name, acknowledgement] of [
    ['plain', false],
    ['acknowledged', true],
  ] as const) {
    const book = new ArrivalBook();
    books[name] = book;
    const verification = new Verification();
    proofs[name] = verification;
    const collector = await startFakeSplunk({
      acknowledgement,
      onEvent: (event) => {
        book.note(event);
        verification.add(Buffer.from(event.eventText));
        look();
      },
    });
    collector.plan({ kind: 'slow', delayMs: ANSWER_DELAY_MS }, FOR_EVER);
    running.push(collector);
    collectors.push({ name, url: collector.url, token: collector.token, acknowledgement });
  }
  process.on('message', (question: Question) => {
    if (question.ask === 'places') {
      waiting = question.atLeast;
      look();
      return;
    }
    if (question.ask === 'verify') {
      const judged = Object.entries(proofs).map(([name, proof]) => [name, proofOf(proof, question.pem)]);
      writeFileSync(question.path, JSON.stringify(Object.fromEntries(judged)));
      process.send?.(places());
      return;
    }
    const written = Object.entries(books).map(([name, book]) => [name, [...book.arrivals()]]);
    writeFileSync(question.path, JSON.stringify(Object.fromEntries(written)));
    process.send?.(places());
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.(collectors);
}

/** A SIEM that was given nothing at all has nothing to be proved. */
function proofOf(verification: Verification, pem: string): StreamProof {
  const verdict = verification.judge({ keys: [readPublicKey(pem)], asOfMs: Date.now(), graceMs: 60_000 });
  return {
    complete: verdict.complete,
    checkpoints: verdict.streams.reduce((sum, { provenCheckpoints }) => sum + provenCheckpoints, 0),
    faults: verdict.streams.flatMap(({ findings }) =>
      findings.kept
        .filter(({ severity }) => severity === 'fault')
        .map(({ name, message }) => `${name}: ${message}`),
    ),
  };
}

if (process.argv[1] === import.meta.filename) await serve();
