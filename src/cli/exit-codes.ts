/** Exit statuses of the CLI. Documented in docs/reference/cli.md; never renumbered. */
export const EXIT = {
  ok: 0,
  /** Some input was refused, or the answer is "no": the rest was still done. */
  refused: 1,
  /** The command line, a setting or a file named by it is wrong; nothing was done. */
  usage: 2,
  /** The service or the store could not be reached, or failed. */
  unavailable: 3,
  /** The API key is missing, wrong or lacks a scope. */
  forbidden: 4,
  /** Ended by a signal (128 + SIGINT). */
  interrupted: 130,
} as const;
