/** Dead letters that one retry or skip takes. Call again for the rest: the answer has fewer ids when there is none. */
export const MAX_DEAD_LETTERS_A_CALL = 1_000;
