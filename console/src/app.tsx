import { lazy, type ReactNode, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { Skeleton } from './elements/skeleton.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { PageGuard } from './shell/page-guard.tsx';
import { pageOf } from './shell/pages.ts';
import { Shell } from './shell/shell.tsx';

const DestinationPage = lazy(() => import('./destination/destination-page.tsx'));
const AuditPage = lazy(() => import('./audit/audit-page.tsx'));
const DeadLettersPage = lazy(() => import('./dead-letters/dead-letters-page.tsx'));
const DeliveriesPage = lazy(() => import('./deliveries/deliveries-page.tsx'));
const EventPage = lazy(() => import('./event/event-page.tsx'));
const KeysPage = lazy(() => import('./keys/keys-page.tsx'));
const ReplaysPage = lazy(() => import('./replays/replays-page.tsx'));
const AddDestinationPage = lazy(() => import('./add-destination/add-destination-page.tsx'));

/** The pages by address. The overview is in the first bundle; each of the others comes when it is first asked for. */
export function App(): ReactNode {
  const [path] = useLocation();
  return (
    <Shell>
      <PageGuard key={pageOf(path)}>
        <Suspense fallback={<Skeleton tall />}>
          <Switch>
            <Route path="/" component={OverviewPage} />
            <Route path="/destinations/new" component={AddDestinationPage} />
            <Route path="/destinations/:id/:part?">
              {({ id, part }) => <DestinationPage key={id} destinationId={id} part={part} />}
            </Route>
            <Route path="/deliveries" component={DeliveriesPage} />
            <Route path="/events/:id">{({ id }) => <EventPage key={id} attestationId={id} />}</Route>
            <Route path="/dead-letters" component={DeadLettersPage} />
            <Route path="/replays" component={ReplaysPage} />
            <Route path="/audit" component={AuditPage} />
            <Route path="/keys" component={KeysPage} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
      </PageGuard>
    </Shell>
  );
}
