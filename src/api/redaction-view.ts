import { mistakeIn, needsKey, type RedactionRule } from '../ocsf/redaction/redaction-rule.ts';
import { REDACTION_KEY } from '../ocsf/redaction/redaction-key.ts';
import type { OcsfSettings } from '../ocsf/ocsf-event.ts';
import { Problem } from './problem.ts';

/** Rules as the API takes and shows them: the same words. */
export type RedactionBody = readonly RedactionRule[];

/** Undefined where nothing is redacted. Throws `bad_value` for rules that cannot be carried out. */
export function redactionOf(body: RedactionBody | null): readonly RedactionRule[] | undefined {
  if (body === null || body.length === 0) return undefined;
  const mistake = mistakeIn(body);
  if (mistake === undefined) return body;
  throw new Problem('bad_value', mistake.message, { pointer: `/redaction${mistake.pointer}` });
}

/** A hash without a key could be undone by trying: refused before the destination is held for it. */
export function needRedactionKey(
  { redaction = [] }: OcsfSettings,
  credentials: Readonly<Record<string, string>>,
): void {
  if (!needsKey(redaction) || Object.hasOwn(credentials, REDACTION_KEY)) return;
  throw new Problem(
    'bad_credential',
    `The redaction hashes: ${REDACTION_KEY} is missing. It is 32 bytes in base64, or at least 32 characters.`,
    { pointer: `/credentials/${REDACTION_KEY}` },
  );
}
