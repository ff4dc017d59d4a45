import { useCallback, useState } from 'react';
import { type ApiProblem, problemOf } from './api-problem.ts';

export interface Action<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => Promise<void>;
  readonly running: boolean;
  readonly problem: ApiProblem | undefined;
  readonly clear: () => void;
}

/** Something that a person does: one at a time, with its problem kept to be shown beside the button. */
export function useAction<Args extends readonly unknown[]>(
  act: (...args: Args) => Promise<void>,
): Action<Args> {
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const run = useCallback(
    async (...args: Args) => {
      if (running) return;
      setRunning(true);
      setProblem(undefined);
      try {
        await act(...args);
      } catch (error) {
        setProblem(problemOf(error));
      } finally {
        setRunning(false);
      }
    },
    [act, running],
  );
  return { run, running, problem, clear: useCallback(() => setProblem(undefined), []) };
}
