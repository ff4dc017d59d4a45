import { PROBLEMS } from '../problem-catalogue.ts';
import { PROBLEM_MEDIA_TYPE } from '../problem.ts';

/** RFC 9457, with our `code`, `pointer`, `errors` and `request_id`. Further members say more of some codes. */
export const problemSchema = {
  $id: 'Problem',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  properties: {
    type: { type: 'string', description: 'urn:aegis-siem:problem:<code>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong in this case. Never holds a secret.' },
    code: {
      type: 'string',
      description: `Stable; ${Object.keys(PROBLEMS).join(', ')}, or the exact reason why a record was refused. See docs/reference/errors.md.`,
    },
    request_id: { type: 'string' },
    pointer: { type: 'string', description: 'JSON pointer (RFC 6901) into the body' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'pointer', 'detail'],
        properties: {
          code: { type: 'string' },
          pointer: { type: 'string' },
          detail: { type: 'string' },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: true,
} as const;

const problem = {
  description: 'A problem document (RFC 9457)',
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: 'Problem#' } } },
};

/** Every route may answer these. */
export const problemResponses = { '4xx': problem, '5xx': problem } as const;
