import { useEffect, useState } from 'react';
import { type ApiProblem, problemOf } from '../api/api-problem.ts';
import { useServices } from '../api/console-services.ts';
import { type ChosenLetters, choiceBody, type LetterAct, type LetterChoice } from './letter-choice.ts';

/** A reason that the dry run needs and that is never kept: nothing is changed by it. */
const DRY_REASON = 'asked for the effect';

/** What an act on these dead letters would do, asked by a dry run. */
export interface LetterEffect {
  readonly effect?: ChosenLetters;
  readonly problem?: ApiProblem;
}

export function useLetterEffect(act: LetterAct, choice: LetterChoice): LetterEffect {
  const { client } = useServices();
  const [known, setKnown] = useState<LetterEffect>({});
  useEffect(() => {
    const leaving = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const effect = await client.call<ChosenLetters>({
          method: 'POST',
          path: `/v1/siem/dead-letters/${act}`,
          body: { ...choiceBody(choice), dry_run: true, ...(act === 'skip' ? { reason: DRY_REASON } : {}) },
          signal: leaving.signal,
        });
        setKnown({ effect });
      } catch (error) {
        // Who closed the dialog waits for nothing any more.
        if (!leaving.signal.aborted) setKnown({ problem: problemOf(error) });
      }
    };
    void ask();
    return () => leaving.abort();
  }, [client, act, choice]);
  return known;
}
