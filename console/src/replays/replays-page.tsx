import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Page, Replay } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { EmptyState } from '../elements/empty-state.tsx';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { Pager } from '../list/pager.tsx';
import { useQueryFilter } from '../list/query-filter.ts';
import { useDestinations } from '../list/use-destinations.ts';
import { useMay } from '../session/session.ts';
import { useActorNames } from '../audit/use-actor-names.ts';
import { NewReplay } from './new-replay.tsx';
import { replaysPath } from './replays-path.ts';
import { ReplayRow } from './replay-row.tsx';
import './replays.css';

/** Records that are sent once more on a person's word. */
export default function ReplaysPage(): ReactNode {
  const filter = useQueryFilter([]);
  const { data, problem, loading } = useResource<Page<Replay>>(replaysPath(filter.asked));
  const { nameOf } = useDestinations();
  const actorOf = useActorNames();
  const mayReplay = useMay('deliveries:replay');
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <PageHeader
        title="Replays"
        lead="Send records again: what a SIEM lost, or what a new one should have from before."
      >
        {mayReplay && !isOpen && (
          <Button className="button primary" onPress={() => setIsOpen(true)}>
            New replay…
          </Button>
        )}
      </PageHeader>
      {isOpen && <NewReplay onStarted={() => setIsOpen(false)} onClose={() => setIsOpen(false)} />}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {data === undefined && loading && <Skeleton tall />}
      {data?.items.length === 0 && (
        <EmptyState title="No replays yet">
          <p>
            A replay takes records by time, by name, or those that a destination has no trace of, and sends
            them in the background: one batch after the other, never ahead of live events. It says first what
            it would do.
          </p>
        </EmptyState>
      )}
      <ul className="replays">
        {data?.items.map((replay) => (
          <ReplayRow key={replay.replay_id} replay={replay} nameOf={nameOf} actorOf={actorOf} />
        ))}
      </ul>
      {data !== undefined && <Pager cursor={filter.cursor} next={data.next_cursor} onGo={filter.goTo} />}
    </>
  );
}
