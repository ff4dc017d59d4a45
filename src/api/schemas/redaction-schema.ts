import { REDACTABLE_FIELDS } from '../../attestation/redactable-fields.ts';
import { PATTERN_NAMES } from '../../ocsf/redaction/patterns/pattern.ts';
import { MAX_KEY_CHARS, MIN_KEY_CHARS, REDACTION_KEY } from '../../ocsf/redaction/redaction-key.ts';
import { DEFAULT_KEEP, MAX_KEEP, REDACTION_ACTIONS } from '../../ocsf/redaction/redaction-rule.ts';

const MAX_RULES = 50;

const names = (items: readonly string[], description: string): object => ({
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', enum: items },
  description,
});

/** What a destination must not see of an attestation. */
export const redactionSchema = {
  type: ['array', 'null'],
  maxItems: MAX_RULES,
  items: {
    type: 'object',
    required: ['action'],
    properties: {
      fields: names(Object.keys(REDACTABLE_FIELDS), 'Fields of the attestation; in lists, of every item'),
      patterns: names(PATTERN_NAMES, 'What is looked for in all free texts'),
      action: {
        type: 'string',
        enum: REDACTION_ACTIONS,
        description: `\`hash\`: HMAC-SHA256 with the credential \`${REDACTION_KEY}\``,
      },
      keep: {
        type: 'integer',
        minimum: 1,
        maximum: MAX_KEEP,
        description: `Characters that \`keep_last\` leaves, never more than half; default ${DEFAULT_KEEP}`,
      },
    },
    additionalProperties: false,
    description: 'Has either `fields` or `patterns`',
  },
  description:
    'What it must not see: applied to the attestation before it is mapped, and listed in the event (`unmapped.aegis.redacted`). Events that others posted are not redacted. [] or null: nothing.',
} as const;

/** Credentials that every type of destination may have. No SIEM gets them. */
export const commonCredentials = {
  [REDACTION_KEY]: {
    type: 'string',
    minLength: MIN_KEY_CHARS,
    maxLength: MAX_KEY_CHARS,
    writeOnly: true,
    description: `Key of the redaction \`hash\`: 32 bytes in base64, or at least ${MIN_KEY_CHARS} characters. It is never sent.`,
  },
} as const;
