import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { useAction } from '../api/use-action.ts';
import { useServices } from '../api/console-services.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { SESSION_PATH } from '../session/session.ts';
import { Mark } from '../shell/mark.tsx';
import './sign-in.css';

const FIELD = 'api-key';

/** Signing in with an API key. The key goes to the service once; what stays is a cookie that scripts cannot read. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => Promise<void> }): ReactNode {
  const { client } = useServices();
  const [key, setKey] = useState('');
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
          className="button primary"
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
