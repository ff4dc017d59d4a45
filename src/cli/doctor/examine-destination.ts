import { randomUUID } from 'node:crypto';
import { DESTINATION_KINDS } from '../../api/destination-kinds.ts';
import { testDestination } from '../../api/test-destination.ts';
import type { Credentials } from '../../connectors/connector.ts';
import { parseTlsConfig, tlsSettings } from '../../connectors/tls/tls-config.ts';
import type { TlsSettings } from '../../egress/egress.ts';
import { probeAddress } from '../../egress/probe-address.ts';
import { openCredentials } from '../../open-credentials.ts';
import type { Outbound } from '../../outbound.ts';
import type { Destination } from '../../outbox/destination.ts';
import { createSealer } from '../../secrets/create-sealer.ts';
import type { SealingKey } from '../../secrets/sealing-key.ts';
import { UnsealError } from '../../secrets/unseal-error.ts';
import type { OpenedStore } from '../../store/open-store.ts';
import { addressFinding } from './address-check.ts';
import { certificateFindings } from './certificate-check.ts';
import { testFinding } from './destination-check.ts';
import type { Finding } from './finding.ts';
import { clockFinding } from './store-check.ts';

const PROBE_TIMEOUT_MS = 10_000;
const DATE_REPLY_BYTES = 1_024;

export interface DestinationExamination {
  readonly destination: Destination;
  readonly store: OpenedStore;
  readonly outbound: Outbound;
  /** Empty where the master key cannot be used. */
  readonly keys: readonly SealingKey[];
  readonly options: {
    readonly nowMs: () => number;
    /** Send a marked test event. */
    readonly sendTests: boolean;
    readonly signal: AbortSignal;
  };
}

/** Certificates, addresses and, where each of them is reached, a test event: what is in its way already is told once. */
export async function examineDestination(parts: DestinationExamination): Promise<readonly Finding[]> {
  const { destination, store, keys, options, outbound } = parts;
  const { name, type, config, state } = destination;
  let urls: readonly { readonly url: string }[];
  let tls: TlsSettings | undefined;
  try {
    urls = DESTINATION_KINDS[type].urls(config);
    tls = tlsOf(destination, keys);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const fix = 'Correct the settings of the destination';
    return [{ check: 'destination', subject: name, status: 'fail', message, fix }];
  }
  const findings = [...certificateFindings(name, config, options.nowMs())];
  let isReached = true;
  for (const text of new Set(urls.map(({ url }) => url))) {
    const found = await addressFindings(parts, new URL(text), tls);
    isReached &&= found.every(({ check, status }) => check !== 'destination' || status !== 'fail');
    findings.push(...found);
  }
  if (!isReached || !options.sendTests || keys.length === 0 || state === 'disabled') return findings;
  const verdict = await testDestination(
    {
      store,
      sealer: createSealer(keys),
      connect: outbound.connect,
      clock: { nowMs: options.nowMs },
      random: { uuid: () => randomUUID() },
    },
    destination,
    { network: true },
  );
  return [...findings, testFinding(name, verdict)];
}

/** As a send has it: the client certificate too, where its key can be opened. */
function tlsOf(destination: Destination, keys: readonly SealingKey[]): TlsSettings | undefined {
  const { clientCertPem, ...authorities } = parseTlsConfig(destination.config['tls']);
  const credentials = credentialsOf(destination, keys);
  return clientCertPem === undefined || credentials === undefined
    ? tlsSettings(authorities, {})
    : tlsSettings({ ...authorities, clientCertPem }, credentials);
}

/** Undefined where they cannot be opened: the test says so. */
function credentialsOf(destination: Destination, keys: readonly SealingKey[]): Credentials | undefined {
  if (keys.length === 0) return undefined;
  try {
    return openCredentials(createSealer(keys), destination);
  } catch (error) {
    if (error instanceof UnsealError) return undefined;
    throw error;
  }
}

async function addressFindings(
  { destination, outbound, options }: DestinationExamination,
  url: URL,
  tls: TlsSettings | undefined,
): Promise<readonly Finding[]> {
  const { name } = destination;
  const probe = await probeAddress(url, tls, { policy: outbound.policy, timeoutMs: PROBE_TIMEOUT_MS });
  const finding = addressFinding(name, url, probe, options.nowMs());
  if (!probe.ok) return [finding];
  const ahead = await dateAheadMs(outbound, url, tls, options);
  if (ahead === undefined) return [finding];
  return [finding, { ...clockFinding(`the Date of ${url.host}`, ahead), subject: name }];
}

/** The other side's Date less our clock; undefined where it gives none. Sends no token. */
async function dateAheadMs(
  outbound: Outbound,
  url: URL,
  tls: TlsSettings | undefined,
  { nowMs, signal }: DestinationExamination['options'],
): Promise<number | undefined> {
  const before = nowMs();
  const answer = await outbound.egress.request({
    method: 'GET',
    url,
    headers: { 'user-agent': 'aegis-siem' },
    timeoutMs: PROBE_TIMEOUT_MS,
    maxResponseBytes: DATE_REPLY_BYTES,
    signal,
    ...(tls === undefined ? {} : { tls }),
  });
  const date = answer.kind === 'response' ? Date.parse(answer.headers['date'] ?? '') : Number.NaN;
  if (Number.isNaN(date)) return undefined;
  // The header has whole seconds: half of one is the best guess, and the way there and back is shared.
  return Math.round(date + 500 - (before + nowMs()) / 2);
}
