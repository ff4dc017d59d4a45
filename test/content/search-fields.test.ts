/**
 * SPL and ES|QL have no parser that could be had for a test. What can be held is that every path, verdict and event code in a shipped
 * search, and in the add-on for Splunk, is one of the events that are sent.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { StreamWorld } from '../verify/stream-world.ts';

const CONTENT = join(import.meta.dirname, '..', '..', 'content');
const GOLDEN = join(import.meta.dirname, '..', 'golden', 'ocsf');
/** `unmapped.aegis.checkpoint.untaken{}.seq` in SPL, without the braces in ES|QL; KQL begins at `unmapped` too. */
const PATHS = /\b(?:unmapped|metadata|actor|api|finding|finding_info)(?:\.[a-z_]+(?:\{\})?)+/g;
/** `status_code=DENY`, `status_code IN (ALLOW, REWRITE)`, `in(status_code, "ALLOW", ...)`. */
const STATUS_LISTS = /\bstatus_code(?:!?=| IN \(|, )(?<list>"?[A-Z]+"?(?:, "?[A-Z]+"?)*)/g;
const EVENT_CODES = /"(?<code>attestation\.[a-z.]+)"/g;
/** How KQL goes on from a checkpoint's body that it has parsed. */
const BODY_MEMBERS = /\bBody\.(\w+)/g;

/** Checkpoints, tombstones and decisions of the stream, and each class, version and verdict of the golden files. */
function sentEvents(): readonly object[] {
  const world = new StreamWorld();
  world.send(2);
  world.sendRefused({ untaken: true });
  world.checkpoint();
  world.checkpoint({ stopped: true });
  const golden = globSync('*.json', { cwd: GOLDEN }).map((file) => readFileSync(join(GOLDEN, file), 'utf8'));
  return [...world.texts(), ...golden].map((text) => JSON.parse(text) as object);
}

function pathsOf(events: readonly object[]): ReadonlySet<string> {
  const paths = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    paths.add(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value))
      walk(member, Array.isArray(value) ? path : path === '' ? name : `${path}.${name}`);
  };
  for (const event of events) walk(event, '');
  return paths;
}

function wordsOf(events: readonly object[]): ReadonlySet<unknown> {
  return new Set(
    events.flatMap((event) => {
      const { status_code: status, metadata } = event as {
        status_code?: string;
        metadata?: { event_code?: string };
      };
      return [status, metadata?.event_code];
    }),
  );
}

describe('the shipped searches', () => {
  const events = sentEvents();
  const sent = pathsOf(events);
  // The golden files hold one answer of a person; the others are of the same table of the mapping.
  const words = new Set([...wordsOf(events), 'REJECTED', 'EXPIRED', 'attestation.resolution.']);
  const files = globSync('{splunk,elastic,sentinel}/**/*.{spl,esql,kql,conf}', { cwd: CONTENT });

  it('are read, those of four kinds', () => {
    const kinds = new Set(files.map((file) => file.split('.').at(-1)));
    assert.deepEqual(kinds, new Set(['spl', 'esql', 'kql', 'conf']));
  });

  for (const file of files) {
    const text = readFileSync(join(CONTENT, file), 'utf8');
    const named = [
      ...[...text.matchAll(PATHS)].map(([path]) => path.replaceAll('{}', '')),
      ...[...text.matchAll(BODY_MEMBERS)].map(([, name = '']) => `unmapped.aegis.checkpoint.${name}`),
    ];
    it(`${file} names ${named.length} paths, all of them of events that are sent`, () => {
      assert.deepEqual(
        named.filter((path) => !sent.has(path)),
        [],
      );
      if (/checkpoint-counts|stream-silence|\.esql$|props\.conf$/.test(file)) assert.ok(named.length > 0);
    });

    const said = [
      ...[...text.matchAll(STATUS_LISTS)].flatMap((match) =>
        (match.groups?.['list'] ?? '').replaceAll('"', '').split(', '),
      ),
      ...[...text.matchAll(EVENT_CODES)].map((match) => match.groups?.['code']),
    ];
    it(`${file} asks for ${said.length} verdicts and event codes, all of them of events that are sent`, () => {
      assert.deepEqual(
        said.filter((word) => !words.has(word)),
        [],
      );
      if (/detections|eventtypes\.conf$/.test(file)) assert.ok(said.length > 0);
    });
  }
});
