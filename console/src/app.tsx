import type { ReactNode } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { OverviewPage } from './overview/overview-page.tsx';
import { FetchedPage } from './routes/fetched-page.tsx';
import { PAGE_CODES } from './routes/page-codes.ts';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { PageGuard } from './shell/page-guard.tsx';
import { pageOf } from './shell/pages.ts';
import { Shell } from './shell/shell.tsx';

/** Of a page that is the same for everybody who comes. */
const NONE = {};

/** The pages by address. The overview is in the first bundle; each of the others comes when it is first asked for. */
export function App(): ReactNode {
  const [path] = useLocation();
  return (
    <Shell>
      <PageGuard key={pageOf(path)}>
        <Switch>
          <Route path="/" component={OverviewPage} />
          <Route path="/destinations/new">
            <FetchedPage code={PAGE_CODES.addDestination} props={NONE} />
          </Route>
          <Route path="/destinations/:id/:part?">
            {({ id, part }) => (
              <FetchedPage key={id} code={PAGE_CODES.destination} props={{ destinationId: id, part }} />
            )}
          </Route>
          <Route path="/deliveries">
            <FetchedPage code={PAGE_CODES.deliveries} props={NONE} />
          </Route>
          <Route path="/events/:id">
            {({ id }) => <FetchedPage key={id} code={PAGE_CODES.event} props={{ attestationId: id }} />}
          </Route>
          <Route path="/dead-letters">
            <FetchedPage code={PAGE_CODES.deadLetters} props={NONE} />
          </Route>
          <Route path="/replays">
            <FetchedPage code={PAGE_CODES.replays} props={NONE} />
          </Route>
          <Route path="/audit">
            <FetchedPage code={PAGE_CODES.audit} props={NONE} />
          </Route>
          <Route path="/runbooks/:name?">
            {({ name }) => <FetchedPage key={name} code={PAGE_CODES.runbook} props={{ name }} />}
          </Route>
          <Route path="/keys">
            <FetchedPage code={PAGE_CODES.keys} props={NONE} />
          </Route>
          <Route component={NotFoundPage} />
        </Switch>
      </PageGuard>
    </Shell>
  );
}
