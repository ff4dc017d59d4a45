import type { BadInputWorld } from './bad-input-world.ts';

/** One input of the list, by its number, and what must happen. */
export interface BadInput {
  readonly id: string;
  readonly input: string;
  readonly expected: string;
  /** Tries it at a running service. Throws where something else happens. */
  readonly run?: (world: BadInputWorld) => Promise<void>;
  /** Other tests that show it (or the rest of it): a file and the name of its test. */
  readonly alsoShownBy?: readonly (readonly [file: string, test: string])[];
}
