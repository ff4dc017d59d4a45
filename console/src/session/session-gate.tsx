import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useServices } from '../api/console-services.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { askSession, type SessionAnswer } from './ask-session.ts';
import { markSignedIn } from './sign-in-mark.ts';
import { SESSION_PATH, SessionContext } from './session.ts';

type State = { readonly kind: 'asking' } | SessionAnswer;

/** Shows the console to who is signed in, and the sign-in page to everyone else. The address stays, so that both lead to it. */
export function SessionGate({
  firstSession,
  signedOutSignal,
  children,
}: {
  /** Asked for before anything was drawn. */
  firstSession: Promise<SessionAnswer>;
  signedOutSignal: EventTarget;
  children: ReactNode;
}): ReactNode {
  const { client, resources, live } = useServices();
  const [state, setState] = useState<State>({ kind: 'asking' });

  const ask = useCallback(async () => setState(await askSession(client)), [client]);

  useEffect(() => void firstSession.then(setState), [firstSession]);

  useEffect(() => {
    const signedOut = (): void => {
      // Another person may sign in next.
      resources.clear();
      setState({ kind: 'signed_out' });
    };
    signedOutSignal.addEventListener('signed_out', signedOut);
    return () => signedOutSignal.removeEventListener('signed_out', signedOut);
  }, [signedOutSignal, resources]);

  useEffect(() => {
    live.setSignedIn(state.kind === 'signed_in');
    if (state.kind === 'signed_in' || state.kind === 'signed_out') {
      markSignedIn(state.kind === 'signed_in', localStorage);
    }
  }, [live, state.kind]);

  const signOut = useCallback(async () => {
    await client.call({ method: 'DELETE', path: SESSION_PATH });
    resources.clear();
    setState({ kind: 'signed_out' });
  }, [client, resources]);

  const session = state.kind === 'signed_in' ? state.session : undefined;
  const controls = useMemo(
    () => (session === undefined ? undefined : { session, signOut }),
    [session, signOut],
  );

  switch (state.kind) {
    case 'asking':
      return null;
    case 'signed_out':
      return <SignInPage onSignedIn={ask} />;
    case 'failed':
      return (
        <main className="alone">
          <ProblemNotice problem={state.problem} onRetry={() => void ask()} />
        </main>
      );
    case 'signed_in':
      return <SessionContext value={controls}>{children}</SessionContext>;
    default:
      return state satisfies never;
  }
}
