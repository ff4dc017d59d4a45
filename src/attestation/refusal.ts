/**
 * Why a record was refused: a stable code for programs, a JSON pointer (RFC 6901) to the place, a sentence for people.
 * The sentence never repeats values of the record.
 */
export interface Refusal {
  readonly code: string;
  /** `""` is the whole document. */
  readonly pointer: string;
  readonly message: string;
}
