export type LetterAct = 'retry' | 'skip';

/** Which dead letters an act is for: some that were ticked, or all that the filter finds. */
export type LetterChoice =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'filter'; readonly filter: Readonly<Record<string, string>> };

export interface ChosenLetters {
  readonly ids: readonly string[];
  readonly count: number;
  /** One call takes a bounded number: there may be more. */
  readonly more: boolean;
}

/**
 * The filter of the page as the API takes it for an act. `toTime` closes it: what goes dead while the person reads the effect, or
 * again while it runs, is not meant.
 */
export function filterChoice(
  values: Readonly<Partial<Record<'attestation' | 'destination' | 'code', string>>>,
  from: string | undefined,
  toTime: string,
): LetterChoice {
  const { attestation, destination, code } = values;
  return {
    kind: 'filter',
    filter: {
      ...(attestation === undefined ? {} : { attestation_id: attestation }),
      ...(destination === undefined ? {} : { destination_id: destination }),
      ...(code === undefined ? {} : { code }),
      ...(from === undefined ? {} : { from }),
      to: toTime,
    },
  };
}

export function choiceBody(choice: LetterChoice): object {
  return choice.kind === 'ids' ? { ids: choice.ids } : { filter: choice.filter };
}
