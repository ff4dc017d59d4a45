import { validateEvent } from '../../ocsf/validate-event.ts';
import type { Finding } from '../../ocsf/validation-finding.ts';
import { type Command, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { readRecords } from '../input.ts';
import { placeOf } from './map.ts';

const MAX_EVENTS = 10_000_000;

export const validate: Command = {
  name: 'validate',
  summary: 'Hold OCSF events against the schema of the version that they name',
  examples: [
    'aegis-siem validate events.ndjson',
    'aegis-siem map FILE | aegis-siem validate',
    'aegis-siem validate --ocsf-version 1.1.0 event.json',
  ],
  positionals: '[FILE]',
  maxPositionals: 1,
  options: {
    'ocsf-version': { type: 'string', value: 'VERSION', help: 'The version that every event must have' },
  },
  async run(context) {
    const wanted = textOption(context, 'ocsf-version');
    let invalid = 0;
    const items = await readRecords(context, MAX_EVENTS);
    for (const item of items) {
      const findings =
        'text' in item ? findingsOf(item.text, wanted) : [{ ...item.refusal, path: item.refusal.pointer }];
      if (findings.length > 0) invalid += 1;
      for (const { code, path, message } of findings) {
        await context.io.writeOut(
          context.json
            ? `${JSON.stringify({ ...(item.line === undefined ? {} : { line: item.line }), index: item.index, code, path, message })}\n`
            : `${placeOf(item)}: ${path === '' ? '' : `${path}: `}${message} (${code})\n`,
        );
      }
    }
    context.io.writeError(`${items.length - invalid} valid, ${invalid} invalid\n`);
    return invalid === 0 ? EXIT.ok : EXIT.refused;
  },
};

function findingsOf(text: string, version: string | undefined): readonly Finding[] {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return [{ code: 'not_json', path: '', message: 'is not JSON' }];
  }
  return validateEvent(event, version === undefined ? {} : { version });
}
