/** A bug that is put into the engine on purpose, while it is loaded into a simulator process, and nowhere else. */
export interface Sabotage {
  readonly name: string;
  /** What is wrong then. */
  readonly what: string;
  /** From the root of the project. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}
