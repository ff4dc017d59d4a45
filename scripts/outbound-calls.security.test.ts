/** The check that holds all outbound calls to one way sees every other way that there is. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { outboundProblems, outboundUses } from './outbound-calls.ts';

const ROOT = join(import.meta.dirname, '..');

const WAYS_OUT: readonly (readonly [source: string, use: string])[] = [
  [`import { request } from 'node:http';`, 'node:http'],
  [`import { request } from 'http';`, 'http'],
  [`import https from "node:https";`, 'node:https'],
  [`import * as http2 from 'node:http2';`, 'node:http2'],
  [`import { connect } from 'node:net';`, 'node:net'],
  [`import { type Socket, connect } from 'node:tls';`, 'node:tls'],
  [`import { createSocket } from 'node:dgram';`, 'node:dgram'],
  [`import { lookup } from 'node:dns/promises';`, 'node:dns/promises'],
  [`export { request } from 'node:http';`, 'node:http'],
  [`import {\n  type Agent,\n  request,\n} from 'node:https';`, 'node:https'],
  [`const http = await import('node:http');`, 'node:http'],
  [`const http = process.getBuiltinModule('node:http');`, 'node:http'],
  [`const http = require('node:http');`, 'node:http'],
  [
    `import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);`,
    'createRequire',
  ],
  [`import { fetch as get } from 'undici';`, 'undici'],
  [`import got from 'got';`, 'got'],
  [`import { execFile } from 'node:child_process';\nexecFile('curl', [url]);`, 'node:child_process'],
  [`await fetch(url);`, 'fetch'],
  [`const answer = await globalThis.fetch(url);`, 'fetch'],
  [`const get = globalThis['fetch'];`, 'fetch'],
  [`new WebSocket(url);`, 'WebSocket'],
  [`new EventSource(url);`, 'EventSource'],
  [`import { createRemoteJWKSet } from 'jose';\ncreateRemoteJWKSet(url);`, 'createRemoteJWKSet'],
  [`import { createTransport } from 'nodemailer';`, 'nodemailer'],
  [
    `import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';`,
    '@opentelemetry/exporter-trace-otlp-http',
  ],
  [`import pg from 'pg';`, 'pg'],
];

const NO_WAY_OUT: readonly string[] = [
  `import type { Socket } from 'node:net';`,
  `import { type IncomingMessage, type Server } from 'node:http';`,
  `// fetch(url) is never used here`,
  `/* new WebSocket(url) */`,
  `const url = 'https://splunk.example.com'; // node:http`,
  `await this.#fetch(key);`,
  `await tokens.fetch(key);`,
  `import { prefetch } from './prefetch.ts';\nprefetch(1);`,
];

describe('outbound calls', () => {
  for (const [source, use] of WAYS_OUT) {
    it(`sees ${use} in ${JSON.stringify(source)}`, () => {
      assert.deepEqual(outboundUses(source), [use]);
      const [problem = ''] = outboundProblems([['src/api/new-file.ts', source]]);
      assert.match(problem, /src\/api\/new-file\.ts: reaches for/);
    });
  }

  for (const source of NO_WAY_OUT) {
    it(`sees none in ${JSON.stringify(source)}`, () => assert.deepEqual(outboundUses(source), []));
  }

  it('allows a named exception what it names, and nothing more', () => {
    const problems = (source: string): readonly string[] =>
      outboundProblems([['src/cli/api-client.ts', source]]).filter((problem) => problem.startsWith('src/'));
    assert.deepEqual(problems(`import { request } from 'node:https';`), []);
    assert.equal(problems(`import { connect } from 'node:net';`).length, 1);
  });

  it('has one way out in the sources as they are, and no exception that is not needed', () => {
    const files = globSync('src/**/*.{ts,tsx}', { cwd: ROOT });
    assert.ok(files.length > 100, `${files.length} files`);
    const read = files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const);
    assert.deepEqual(outboundProblems(read), []);
  });
});
