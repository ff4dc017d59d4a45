import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { PageHeader } from '../elements/page-header.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import type { PageCode } from './page-code.ts';

/** A page whose code comes when it is first asked for. */
export function FetchedPage<Props extends object>({
  code,
  props,
}: {
  code: PageCode<Props>;
  props: Props;
}): ReactNode {
  const state = useSyncExternalStore(code.subscribe, code.peek);
  useEffect(() => void code.load(), [code]);
  switch (state.kind) {
    case 'coming':
      return <Skeleton tall />;
    case 'failed':
      return (
        <>
          <PageHeader title="This page did not come" />
          <div className="notice bad" role="alert">
            <p>
              The service is out of reach, or it was upgraded while this tab was open. Delivery does not
              depend on this page.
            </p>
            <p>
              <a href={location.pathname + location.search}>Load the page again</a>
            </p>
          </div>
        </>
      );
    case 'there': {
      const { component: Component } = state;
      return <Component {...props} />;
    }
    default:
      return state satisfies never;
  }
}
