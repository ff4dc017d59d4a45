import { EVIDENCE_CLASSES, SEVERITIES } from '../../ocsf/event-filter.ts';

const MAX_ITEMS = 200;

const words = (items: readonly string[]): object => ({
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', enum: items },
});
const texts = (description: string): object => ({
  type: 'array',
  minItems: 1,
  maxItems: MAX_ITEMS,
  uniqueItems: true,
  items: { type: 'string', minLength: 1, maxLength: 256 },
  description,
});

const conditions = {
  verdicts: words(['allow', 'deny', 'escalate', 'rewrite']),
  severities: words(SEVERITIES),
  tools: texts('Patterns of `server.tool`: `*` stands for any characters, `?` for one'),
  agents: texts('Patterns of the agent id'),
  workspaces: texts('Workspace ids'),
  evidence: words(EVIDENCE_CLASSES),
} as const;

/** Which attestations a destination gets. */
export const filterSchema = {
  type: ['object', 'null'],
  properties: {
    ...conditions,
    except: {
      type: 'object',
      properties: conditions,
      additionalProperties: false,
      description: 'Leaves out what meets every one of these',
    },
  },
  additionalProperties: false,
  description:
    'Which attestations it gets: those that meet every condition. What is left out is finished (status `skipped`), counted, and takes no number in the stream. {} or null: all.',
} as const;
