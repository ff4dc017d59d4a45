import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import type { TestVerdict } from '../api/api-types.ts';
import { CopyButton } from '../elements/copy-button.tsx';
import { numberText } from '../elements/number-text.ts';
import { RunbookLink } from '../elements/runbook-link.tsx';
import { searchFor } from './search-for.ts';

export interface TestResultProps {
  readonly verdict: TestVerdict;
  readonly type: string;
  readonly onClose?: () => void;
}

/** What came of a test: the verdict by name, who must change what, and how to find the event in the SIEM. */
export function TestResult({ verdict, type, onClose }: TestResultProps): ReactNode {
  const {
    ok,
    message,
    advice,
    runbook,
    http_status: status,
    code,
    duration_ms: duration,
    event_uid: uid,
  } = verdict;
  const search = uid === undefined ? undefined : searchFor(type, uid);
  return (
    <div className={`notice actions-note ${ok ? 'good' : 'bad'}`} role="status">
      <p>
        <strong>
          {ok ? 'The test event arrived.' : `The test failed: ${verdict.verdict.replaceAll('_', ' ')}.`}
        </strong>{' '}
        {message}
      </p>
      {advice !== null && (
        <p>
          <strong>What to do:</strong> {advice} {runbook !== null && <RunbookLink name={runbook} />}
        </p>
      )}
      {ok && search !== undefined && (
        <p className="copy-line">
          Find it in the SIEM: <code>{search}</code> <CopyButton text={search} what="the search" />
        </p>
      )}
      <p className="notice-foot">
        <code>{verdict.verdict}</code>
        {status !== null && <span>HTTP {status}</span>}
        {code !== null && <span>code {code}</span>}
        <span>{numberText(Math.round(duration))} ms</span>
        {onClose !== undefined && (
          <Button className="button small" onPress={onClose}>
            Close
          </Button>
        )}
      </p>
    </div>
  );
}
