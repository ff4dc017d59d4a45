import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Destination } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { AgeText, TimeText } from '../elements/time-text.tsx';
import { useMay } from '../session/session.ts';
import { NewCredentials } from './new-credentials.tsx';

/** Which credentials are set, by fingerprint, and those that wait to take their place. The values are never shown, to nobody. */
export function CredentialsPart({ destination }: { destination: Destination }): ReactNode {
  const { client, resources } = useServices();
  const mayWrite = useMay('credentials:write');
  const save = useAction(async (body: object) => {
    const path = `/v1/siem/destinations/${destination.destination_id}`;
    await client.call({ method: 'PATCH', path, body, version: destination.version });
    resources.invalidate('/v1/');
  });
  const { credentials_expire_at: end, next_credentials: next, certificates = [] } = destination;
  return (
    <div className="stack">
      <section className="card panel" aria-label="Credentials that are set">
        <h2>Set now</h2>
        <Fingerprints
          credentials={destination.credentials}
          running={save.running}
          onRemove={mayWrite ? (field) => void save.run({ credentials: { [field]: null } }) : undefined}
        />
        {end != null && (
          <p>
            They end <TimeText at={end} /> (<AgeText at={end} />
            ).
          </p>
        )}
        {certificates.map(({ pointer, subject, expires_at: until }) => (
          <p key={pointer}>
            Certificate <code>{pointer}</code> of {subject} ends <TimeText at={until} /> (
            <AgeText at={until} />
            ).
          </p>
        ))}
        <p className="muted">
          Sealed in the store, opened just before a send, and in no answer, log or event. The same fingerprint
          means the same secret.
        </p>
      </section>
      {next != null && (
        <section className="card panel" aria-label="Credentials that wait">
          <div className="panel-head">
            <h2>Waiting to take their place</h2>
            {mayWrite && (
              <Button
                className="button"
                data-pending={save.running || undefined}
                onPress={() => void save.run({ next_credentials: null })}
              >
                Take them back
              </Button>
            )}
          </div>
          <Fingerprints credentials={next.credentials} />
          {next.refused_at === null ? (
            <p className="muted">
              Set <AgeText at={next.set_at} />. The next batch goes with them; once the SIEM has taken an
              event they are in use.
            </p>
          ) : (
            <div className="notice wait">
              <p>
                <strong>Refused</strong> <AgeText at={next.refused_at} /> <code>{next.refused_code}</code>:{' '}
                {next.refused_message}
              </p>
              <p>Delivery goes on with the old ones. These are tried again every five minutes.</p>
            </div>
          )}
        </section>
      )}
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      {mayWrite && <NewCredentials destination={destination} />}
    </div>
  );
}

interface FingerprintsProps {
  readonly credentials: Destination['credentials'];
  readonly running?: boolean;
  /** Absent: they can only be looked at. */
  readonly onRemove?: ((field: string) => void) | undefined;
}

function Fingerprints({ credentials, running, onRemove }: FingerprintsProps): ReactNode {
  const set = Object.entries(credentials);
  if (set.length === 0) return <p className="muted">None.</p>;
  return (
    <ul className="credential-list">
      {set.map(([field, { fingerprint }]) => (
        <li key={field}>
          <code>{field}</code>
          <span className="muted">
            fingerprint <code>{fingerprint}</code>
          </span>
          {onRemove !== undefined && (
            <Button
              className="button small"
              data-pending={running === true || undefined}
              aria-label={`Remove ${field}`}
              onPress={() => onRemove(field)}
            >
              Remove
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
