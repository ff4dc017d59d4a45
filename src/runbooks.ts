/** By parts of the stable words of docs/reference/outcomes.md; the first that fits counts. */
const RUNBOOKS: readonly (readonly [RegExp, string])[] = [
  [/^address_/, 'blocked-address'],
  [/outside_its_time/, 'clock'],
  [/unseal|key_missing|wrong_context|^malformed$/, 'lost-key'],
  [
    /^certificate_wrong$|token|authoriz|credential|secret|signature|sign_in|role|application|federation|tenant|identity|policy|scope/,
    'token-expired',
  ],
  [/^certificate_|^tls_/, 'certificate'],
  [/stream|rule|column|table|index|gone/, 'dcr-changed'],
  [/refuses_events|^(?:poison|partial|too_big)$/, 'poison-event'],
];

/** The page of docs/operations that leads on, by the word that a test or the lane gave. */
export function runbookOf(reason: string): string {
  return RUNBOOKS.find(([words]) => words.test(reason))?.[1] ?? 'siem-down';
}
