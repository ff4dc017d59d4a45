export const testVerdictSchema = {
  $id: 'TestVerdict',
  type: 'object',
  required: ['ok', 'verdict', 'message', 'advice', 'runbook', 'http_status', 'code', 'duration_ms'],
  properties: {
    ok: { type: 'boolean', description: 'The SIEM took the test event' },
    verdict: {
      type: 'string',
      description: 'A stable word: delivered, accepted, throttled, or what is wrong',
    },
    message: { type: 'string' },
    advice: { type: ['string', 'null'], description: 'Who must change what' },
    runbook: {
      type: ['string', 'null'],
      description: 'Page of docs/operations that leads through it; null where none is needed',
    },
    http_status: { type: ['integer', 'null'] },
    code: { type: ['string', 'null'] },
    duration_ms: { type: 'number' },
    event_uid: { type: 'string', description: '`metadata.uid` of the test event, to search for in the SIEM' },
  },
  additionalProperties: false,
} as const;
