import path from 'node:path';
import type { Outbound } from '../../outbound.ts';
import { serviceOutbound } from '../../service-outbound.ts';
import { servicePaths, type ServicePaths } from '../../service-paths.ts';
import type { SettingsWithOrigins } from '../../settings/read-settings.ts';
import { inspectStore } from '../../store/inspect-store.ts';
import { openStore, sqlitePath } from '../../store/open-store.ts';
import { healthFinding, progressFindings, withHealth } from './destination-check.ts';
import { examineDestination } from './examine-destination.ts';
import { checkDisk } from './disk-check.ts';
import { checkEpochMarks, checkFiles } from './files-check.ts';
import { type Finding, ok } from './finding.ts';
import { checkKeys } from './keys-check.ts';
import { checkRuntime } from './runtime-check.ts';
import { checkSettings } from './settings-check.ts';
import { samePlaceFindings } from './same-place-check.ts';
import { checkStore, storeUnreachable } from './store-check.ts';

const MAX_DESTINATIONS = 1_000;
/** The cloud metadata address: what must never be dialled by a list or a name. */
const FORBIDDEN_URL = 'http://169.254.169.254/';

export interface ExamineOptions {
  readonly config: SettingsWithOrigins;
  readonly nodeVersion: string;
  /** What is known before anything is looked at. */
  readonly before?: readonly Finding[];
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
  await tell([
    checkRuntime(options.nodeVersion),
    ...checkSettings(options.config),
    ...(options.before ?? []),
  ]);
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
    await tell(samePlaceFindings(items));
    let numbersGiven = false;
    for (const destination of items) {
      if (options.signal.aborted) return;
      const progress = await store.admin.readProgress(destination.destinationNo);
      numbersGiven ||= progress.nextSeq > 1;
      await tell(progressFindings(destination, progress, options.nowMs()));
      const found = await examineDestination({ destination, store, outbound, keys, options });
      await tell(withHealth(found, healthFinding(destination)));
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
