/** The word to do what cannot be taken back: `confirm` of the answer that told its effect. */
export const confirmSchema = { type: 'string', minLength: 1, maxLength: 1_000 } as const;
