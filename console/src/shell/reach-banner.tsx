import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { useServices } from '../api/console-services.ts';
import { AgeText, TimeText } from '../elements/time-text.tsx';
import { useReach } from '../live/use-reach.ts';

/** Over every page while the service does not answer: how old what one sees is, and what to do. */
export function ReachBanner(): ReactNode {
  const { resources } = useServices();
  const { isLost, answeredAtMs } = useReach();
  const at = answeredAtMs === undefined ? undefined : new Date(answeredAtMs).toISOString();
  return (
    // Always there, so that a screen reader is told when words come into it.
    <div role="status" className="reach">
      {isLost && (
        <div className="notice bad">
          <p>
            <strong>The service does not answer.</strong>{' '}
            {at !== undefined && (
              <>
                Nothing here is newer than <TimeText at={at} /> (<AgeText at={at} />
                ).{' '}
              </>
            )}
            What it has recorded is safe; this page goes on by itself when it answers again.
          </p>
          <p>
            See on its host whether it runs: <code className="whole">aegis-siem doctor</code>. The page for it
            in the package is <code>docs/operations/service-down.md</code>.
          </p>
          <p>
            <Button className="button small" onPress={() => resources.invalidate('/')}>
              Try now
            </Button>
          </p>
        </div>
      )}
    </div>
  );
}
