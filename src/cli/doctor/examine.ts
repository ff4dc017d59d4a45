import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { DESTINATION_KINDS } from '../../api/destination-kinds.ts';
import { testDestination } from '../../api/test-destination.ts';
import { probeAddress } from '../../egress/probe-address.ts';
import type { Outbound } from '../../outbound.ts';
import type { Destination } from '../../outbox/destination.ts';
import { createSealer } from '../../secrets/create-sealer.ts';
import type { SealingKey } from '../../secrets/sealing-key.ts';
import { serviceOutbound } from '../../service-outbound.ts';
import { servicePaths, type ServicePaths } from '../../service-paths.ts';
import type { SettingsWithOrigins } from '../../settings/read-settings.ts';
import { inspectStore } from '../../store/inspect-store.ts';
import { type OpenedStore, openStore, sqlitePath } from '../../store/open-store.ts';
import { asObject } from '../output.ts';
import { addressFinding } from './address-check.ts';
import { progressFindings, testFinding } from './destination-check.ts';
import { checkDisk } from './disk-check.ts';
import { checkEpochMarks, checkFiles } from './files-check.ts';
import { type Finding, ok } from './finding.ts';
import { checkKeys } from './keys-check.ts';
import { checkRuntime } from './runtime-check.ts';
import { checkSettings } from './settings-check.ts';
import { checkStore, clockFinding, storeUnreachable } from './store-check.ts';

const PROBE_TIMEOUT_MS = 10_000;
const MAX_DESTINATIONS = 1_000;
const DATE_REPLY_BYTES = 1_024;
/** The cloud metadata address: what must never be dialled by a list or a name. */
const FORBIDDEN_URL = 'http://169.254.169.254/';

export interface ExamineOptions {
  readonly config: SettingsWithOrigins;
  readonly nodeVersion: string;
  readonly nowMs: () => number;
  /** Send each destination a marked test event. */
  readonly sendTests: boolean;
  readonly onFinding: (finding: Finding) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Looks at everything in turn, and tells each finding as soon as it is known. A check that cannot be made is a finding too. */
export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const all: Finding[] = [];
  const tell = async (findings: readonly Finding[]): Promise<void> => {
    for (const finding of findings) {
      all.push(finding);
      await options.onFinding(finding);
    }
  };
  const { settings } = options.config;
  const paths = servicePaths(settings);
  const storeFile = sqlitePath(settings.store);
  await tell([checkRuntime(options.nodeVersion), ...checkSettings(options.config)]);
  await tell(checkFiles(paths, storeFile));
  if (storeFile !== undefined) await tell([checkDisk(path.dirname(storeFile), settings.diskReserveBytes)]);
  let usable: boolean;
  try {
    const inspection = await inspectStore(settings.store, options.nowMs);
    await tell(checkStore(inspection));
    usable = inspection.schemaVersion === inspection.schemaWanted;
  } catch (error) {
    await tell([storeUnreachable(error)]);
    usable = false;
  }
  if (!usable) return all;
  await examineUsable(options, paths, tell);
  return all;
}

type Tell = (findings: readonly Finding[]) => Promise<void>;

async function examineUsable(options: ExamineOptions, paths: ServicePaths, tell: Tell): Promise<void> {
  const { settings } = options.config;
  const store = await openStore(settings.store, { logger: { warn: () => undefined } });
  const outbound = await serviceOutbound(settings);
  try {
    const { findings, keys } = await checkKeys(settings, paths.keyFile, store.sealed);
    await tell(findings);
    await tell([egressFinding(outbound)]);
    const { items } = await store.admin.listDestinations({}, { limit: MAX_DESTINATIONS });
    if (items.length === 0) {
      await tell([ok('destination', 'There is none yet: aegis-siem destinations create')]);
    }
    let numbersGiven = false;
    for (const destination of items) {
      if (options.signal.aborted) return;
      const progress = await store.admin.readProgress(destination.destinationNo);
      numbersGiven ||= progress.nextSeq > 1;
      await tell(progressFindings(destination, progress, options.nowMs()));
      await tell(await destinationFindings({ destination, store, outbound, keys, options }));
    }
    await tell(checkEpochMarks(paths, numbersGiven));
  } finally {
    await outbound.close();
    await store.close();
  }
}

function egressFinding({ policy }: Outbound): Finding {
  if (!policy.checkUrl(FORBIDDEN_URL).ok)
    return ok('egress', 'The address guard refuses the metadata address');
  return {
    check: 'egress',
    status: 'fail',
    message: `The address guard would let ${FORBIDDEN_URL} pass`,
    fix: 'Narrow AEGIS_SIEM_EGRESS_ALLOW to the networks of your SIEMs',
  };
}

interface DestinationExamination {
  readonly destination: Destination;
  readonly store: OpenedStore;
  readonly outbound: Outbound;
  readonly keys: readonly SealingKey[];
  readonly options: ExamineOptions;
}

async function destinationFindings(parts: DestinationExamination): Promise<readonly Finding[]> {
  const { destination, store, keys, options } = parts;
  const findings = await addressFindings(parts);
  if (!options.sendTests || keys.length === 0 || destination.state === 'disabled') return findings;
  const verdict = await testDestination(
    {
      store,
      sealer: createSealer(keys),
      connect: parts.outbound.connect,
      clock: { nowMs: options.nowMs },
      random: { uuid: () => randomUUID() },
    },
    destination,
    { network: true },
  );
  return [...findings, testFinding(destination.name, verdict)];
}

async function addressFindings(parts: DestinationExamination): Promise<readonly Finding[]> {
  const { destination, outbound, options } = parts;
  const { name, type, config } = destination;
  let urls: readonly { readonly url: string }[];
  try {
    urls = DESTINATION_KINDS[type].urls(config);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [
      {
        check: 'destination',
        subject: name,
        status: 'fail',
        message,
        fix: 'Correct the settings of the destination',
      },
    ];
  }
  const findings: Finding[] = [];
  for (const text of new Set(urls.map(({ url }) => url))) {
    const url = new URL(text);
    const caPem = caPemOf(config);
    const tls = caPem === undefined ? undefined : { caPem };
    const probe = await probeAddress(url, tls, { policy: outbound.policy, timeoutMs: PROBE_TIMEOUT_MS });
    findings.push(addressFinding(name, url, probe, options.nowMs()));
    if (!probe.ok) continue;
    const ahead = await dateAheadMs(outbound, url, tls, options);
    if (ahead !== undefined)
      findings.push({ ...clockFinding(`the Date of ${url.host}`, ahead), subject: name });
  }
  return findings;
}

function caPemOf(config: Destination['config']): string | undefined {
  const { tls } = config;
  const caPem = asObject(tls)['ca_pem'];
  return typeof caPem === 'string' ? caPem : undefined;
}

/** The other side's Date less our clock; undefined where it gives none. Sends no credential. */
async function dateAheadMs(
  outbound: Outbound,
  url: URL,
  tls: { readonly caPem: string } | undefined,
  { nowMs, signal }: ExamineOptions,
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
