import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './settings/settings-schema.ts';

/** Names under which a secret could come by mistake; whatever stands there is not written. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'credentials',
  'token',
  'key',
  'secret',
  'password',
  'client_secret',
  'shared_key',
  'private_key_pem',
  'client_key_pem',
] as const;

/** JSON lines on stderr (stdout belongs to commands), errors without their own properties, secrets never. */
export function serviceLog(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: { service: 'aegis-siem' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[hidden]',
      },
      serializers: { err: errorForLog },
    },
    destination,
  );
}

const MAX_CAUSES = 3;

/** A driver's error may carry the values of a statement as properties: only name, code, sentence and stack are written. */
function errorForLog(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause =
    error.cause === undefined || depth === MAX_CAUSES ? {} : { cause: errorForLog(error.cause, depth + 1) };
  return { name: error.name, ...code, message: error.message, stack: error.stack, ...cause };
}
