import type { Command } from './command.ts';
import { apiKeysCreate, apiKeysLs, apiKeysRevoke } from './commands/api-keys.ts';
import { audit } from './commands/audit.ts';
import { attest } from './commands/attest.ts';
import { attestationsPrune } from './commands/attestations-prune.ts';
import { backup, restore } from './commands/backup.ts';
import { completionCommand } from './commands/completion.ts';
import { configPrint } from './commands/config.ts';
import { deadLettersLs, deadLettersRetry, deadLettersSkip } from './commands/dead-letters.ts';
import { demo } from './commands/demo.ts';
import {
  destinationsCreate,
  destinationsLs,
  destinationsPause,
  destinationsResume,
  destinationsRm,
  destinationsRotate,
  destinationsShow,
  destinationsTest,
} from './commands/destinations.ts';
import { destinationsMigrate } from './commands/destinations-migrate.ts';
import { destinationsUpdate } from './commands/destinations-update.ts';
import { doctor } from './commands/doctor.ts';
import { keysCheckpoint, keysRotate } from './commands/keys.ts';
import { keysRotateMaster, keysStatus } from './commands/master-keys.ts';
import { map } from './commands/map.ts';
import { migrate } from './commands/migrate.ts';
import { openapi } from './commands/openapi.ts';
import { outbox } from './commands/outbox.ts';
import { preview } from './commands/preview.ts';
import {
  replayCancel,
  replayLs,
  replayPause,
  replayResume,
  replayShow,
  replayStart,
} from './commands/replay.ts';
import { serve } from './commands/serve.ts';
import { sessionsEnd, sessionsLs } from './commands/sessions.ts';
import { top } from './commands/top.ts';
import { validate } from './commands/validate.ts';
import { verify } from './commands/verify.ts';
import { version } from './commands/version.ts';
import { worker } from './commands/worker.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  demo,
  serve,
  worker,
  migrate,
  configPrint,
  doctor,
  attest,
  map,
  validate,
  destinationsLs,
  destinationsShow,
  destinationsCreate,
  destinationsUpdate,
  destinationsTest,
  destinationsRotate,
  destinationsPause,
  destinationsResume,
  destinationsRm,
  destinationsMigrate,
  preview,
  top,
  outbox,
  deadLettersLs,
  deadLettersRetry,
  deadLettersSkip,
  replayStart,
  replayLs,
  replayShow,
  replayPause,
  replayResume,
  replayCancel,
  verify,
  audit,
  attestationsPrune,
  apiKeysLs,
  apiKeysCreate,
  apiKeysRevoke,
  sessionsLs,
  sessionsEnd,
  keysCheckpoint,
  keysRotate,
  keysStatus,
  keysRotateMaster,
  backup,
  restore,
  openapi,
  completionCommand(() => COMMANDS),
  version,
];
