import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ApiProblem } from '../api/api-problem.ts';

/** A problem in the API's own words, each mistake of a body on a line of its own, and the id to look for in the log. */
export function ProblemNotice({
  problem,
  onRetry,
}: {
  problem: ApiProblem;
  onRetry?: () => void;
}): ReactNode {
  const { title, detail, code, errors, request_id: requestId } = problem.document;
  return (
    <div className="notice bad" role="alert">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {errors !== undefined && errors.length > 0 && (
        <ul>
          {errors.map((error) => (
            <li key={`${error.pointer} ${error.code}`}>
              <code>{error.pointer === '' ? 'body' : error.pointer}</code> {error.detail}
            </li>
          ))}
        </ul>
      )}
      <p className="notice-foot">
        <code>{code}</code>
        {requestId !== '' && (
          <span>
            request <code>{requestId}</code>
          </span>
        )}
        {onRetry !== undefined && (
          <Button className="button small" onPress={onRetry}>
            Try again
          </Button>
        )}
      </p>
    </div>
  );
}
