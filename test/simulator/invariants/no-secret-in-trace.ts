import type { Evidence, Invariant } from './invariant.ts';

/** Every credential in a simulated world holds this word. */
export const SECRET_WORD = 'hush-hush';

/** No credential is in a log line, an observation, or a row that people can read. */
export function noSecretInTrace({ tables }: Evidence): Invariant {
  return {
    name: 'no_secret_in_trace',
    on: {
      words: ({ where, text }) =>
        text.includes(SECRET_WORD) ? `a credential stands in ${where}` : undefined,
    },
    atEnd: () => {
      const kept = {
        attempts: tables.attempts,
        deadLetters: tables.deadLetters,
        answers: tables.receipts.map(({ completion }) => completion),
      };
      for (const [name, rows] of Object.entries(kept)) {
        if (JSON.stringify(rows).includes(SECRET_WORD)) return `a credential stands in ${name}`;
      }
      return undefined;
    },
  };
}
