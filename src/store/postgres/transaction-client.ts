/**
 * The caller's own connection with a transaction open, by shape: a `Client` or `PoolClient` of `pg`, or the `sql` that
 * `postgres` (postgres.js) hands to `begin`. A pool is none: its statements may go to different connections.
 */
export type PostgresTransaction = PgTransaction | PostgresJsTransaction;

export interface PgTransaction {
  /** Set by `new Client({ pipeline: true })`: statements are sent without waiting for the answers of those before them. */
  readonly pipeline?: boolean;
  /** A `PreparedStatement` only where the caller asked for `prepare`. */
  query(
    statement: string | PreparedStatement,
    values?: unknown[],
  ): PromiseLike<{ readonly rows: readonly unknown[] }>;
}

/** What `pg` parses once a connection under this name. */
export interface PreparedStatement {
  name: string;
  text: string;
  values: unknown[];
}

export interface PostgresJsTransaction {
  unsafe(
    text: string,
    values?: never[],
    options?: { readonly prepare?: boolean },
  ): PromiseLike<readonly unknown[]>;
  savepoint?<Result>(work: (sql: PostgresJsTransaction) => Promise<Result>): Promise<Result>;
}

export interface Step {
  readonly text: string;
  readonly values?: readonly (string | number)[];
  /** Keeps the statement prepared on the connection; see `prepared`. */
  readonly name?: string;
}

type Answer = Readonly<Record<string, unknown>> | undefined;

/**
 * Runs the steps in order and answers the first row of each. Where the driver pipelines, all of them go out at once: steps
 * behind a failed one then fail too, which changes nothing in a transaction. Rejects with the error of the first that failed.
 */
export async function runSteps(tx: PostgresTransaction, steps: readonly Step[]): Promise<readonly Answer[]> {
  if (!pipelines(tx)) {
    const answers: Answer[] = [];
    for (const step of steps) answers.push(await runStep(tx, step));
    return answers;
  }
  const settled = await Promise.allSettled(steps.map((step) => runStep(tx, step)));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** Whether steps sent together travel together. postgres.js always does. */
function pipelines(tx: PostgresTransaction): boolean {
  return 'unsafe' in tx || tx.pipeline === true;
}

async function runStep(tx: PostgresTransaction, step: Step): Promise<Answer> {
  const values = [...(step.values ?? [])];
  // A statement without values goes by the simple protocol, which is shorter.
  const rows =
    'unsafe' in tx
      ? await tx.unsafe(step.text, values as never[], { prepare: step.name !== undefined })
      : await queryRows(tx, step, values);
  const row = rows[0];
  return typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : undefined;
}

async function queryRows(
  tx: PgTransaction,
  { text, name }: Step,
  values: unknown[],
): Promise<readonly unknown[]> {
  if (name !== undefined) return (await tx.query({ name, text, values })).rows;
  const result = await (values.length === 0 ? tx.query(text) : tx.query(text, values));
  return result.rows;
}
