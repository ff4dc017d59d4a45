/**
 * The real service in a process of its own, as an operator starts it: `node src/cli.ts serve`. For tests that must kill
 * it, or look at it from outside.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../../src/json.ts';
import { callService, type HttpAnswer } from './call-service.ts';
import { cleanEnvironment } from './clean-environment.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.ts');
const START_TIMEOUT_MS = 90_000;
const LISTENING = /listening on (?<url>http:\/\/\S+)/;

export interface ServiceProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything the service wrote on stdout and stderr so far. */
  output(): string;
  call(
    method: string,
    path: string,
    body?: JsonValue | Uint8Array,
    contentType?: string,
  ): Promise<HttpAnswer>;
  /** Ends it with `signal` and waits until it is gone. Answers its exit code, or null when the signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ServiceProcessOptions {
  /** Keeps store, keys and sidecar. */
  readonly folder: string;
  /** A PostgreSQL URL; else SQLite in `folder`. */
  readonly storeUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Of another release; this tree's own by default. */
  readonly cli?: string;
}

export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const keyFile = join(options.folder, 'admin-key');
  const child = spawn(process.execPath, [options.cli ?? CLI, 'serve', ...(options.args ?? [])], {
    env: {
      ...cleanEnvironment(),
      AEGIS_SIEM_STORE: options.storeUrl ?? `sqlite:${join(options.folder, 'aegis.db')}`,
      AEGIS_SIEM_PORT: '0',
      AEGIS_SIEM_KEY_FILE: join(options.folder, 'master-key'),
      AEGIS_SIEM_ADMIN_KEY_FILE: keyFile,
      AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:1024-65535',
      // Tests count what arrives; those about checkpoints set it.
      AEGIS_SIEM_CHECKPOINT_SECONDS: '0',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the service did not start in ${START_TIMEOUT_MS} ms:\n${text}`)),
      START_TIMEOUT_MS,
    );
    const look = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      const found = LISTENING.exec(text)?.groups?.['url'];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`the service ended with ${String(code)} before it listened:\n${text}`));
    });
  });
  return {
    url,
    process: child,
    output: () => text,
    call: (method, path, body, contentType) =>
      callService(url, readFileSync(keyFile, 'utf8').trim(), method, path, body, contentType),
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}
