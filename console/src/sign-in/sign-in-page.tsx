import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { useSearchParams } from 'wouter';
import type { SignInWays } from '../api/api-types.ts';
import { useAction } from '../api/use-action.ts';
import { useServices } from '../api/console-services.ts';
import { useResource } from '../api/use-resource.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { SESSION_PATH } from '../session/session.ts';
import { Mark } from '../shell/mark.tsx';
import { signInProblem } from './sign-in-problem.ts';
import './sign-in.css';

const FIELD = 'api-key';

/** Signing in with an API key. The key goes to the service once; what stays is a cookie that scripts cannot read. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => Promise<void> }): ReactNode {
  const { client } = useServices();
  const [key, setKey] = useState('');
  const oidc = useResource<SignInWays>('/v1/session/ways', Infinity).data?.oidc;
  const [query] = useSearchParams();
  const failed = signInProblem(query.get('sign_in_problem'));
  const signIn = useAction(async () => {
    await client.call({ method: 'POST', path: SESSION_PATH, body: { api_key: key.trim() } });
    setKey('');
    await onSignedIn();
  });
  return (
    <main className="sign-in">
      <form
        className="sign-in-card"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn.run();
        }}
      >
        <h1>
          <Mark /> Aegis SIEM
        </h1>
        <p className="sign-in-lead">
          See whether your SIEM has every decision, and what to do when it does not.
        </p>
        {failed !== undefined && (
          <p className="notice bad" role="alert">
            {failed}
          </p>
        )}
        {oidc != null && (
          <>
            <a
              className="button primary"
              href={`${oidc}?${new URLSearchParams({ return_to: failed === undefined ? location.pathname + location.search : location.pathname })}`}
            >
              Sign in with your company's account
            </a>
            <p className="sign-in-or">or with a key</p>
          </>
        )}
        <label htmlFor={FIELD}>API key</label>
        <input
          id={FIELD}
          name={FIELD}
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          placeholder="aegis_…"
          required
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          aria-describedby="api-key-help"
        />
        {signIn.problem !== undefined && <ProblemNotice problem={signIn.problem} />}
        <Button
          type="submit"
          className={oidc == null ? 'button primary' : 'button'}
          data-pending={signIn.running || undefined}
          isDisabled={key.trim() === ''}
        >
          {signIn.running ? 'Signing in…' : 'Sign in'}
        </Button>
        <details id="api-key-help">
          <summary>Where do I find a key?</summary>
          <p>
            The service wrote the first one beside its store at its first start: <code>data/admin-key</code>,
            or the file that <code>AEGIS_SIEM_ADMIN_KEY_FILE</code> names. Further keys, which may do less,
            are made on the page <em>Keys</em>.
          </p>
        </details>
      </form>
    </main>
  );
}
