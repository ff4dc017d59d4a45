import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link } from 'wouter';
import type { Replay } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { countText, numberText } from '../elements/number-text.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { StateBadge } from '../elements/state-badge.tsx';
import { AgeText, TimeText } from '../elements/time-text.tsx';
import { visible } from '../event/json-tokens.ts';
import { useMay } from '../session/session.ts';
import { replayShare, replayState } from './replay-words.ts';

/** One replay: what it sends, how far it is, and the acts that it still has. */
export function ReplayRow({
  replay,
  nameOf,
  actorOf,
}: {
  replay: Replay;
  nameOf: (id: string) => string;
  actorOf: (actor: string) => string;
}): ReactNode {
  const { title, tone } = replayState(replay.status);
  const { done, all } = replayShare(replay);
  const isOver = replay.status !== 'running' && replay.status !== 'paused';
  return (
    <li className="card replay">
      <div className="replay-head">
        <h2>
          <Link href={`/destinations/${replay.destination_id}`}>{nameOf(replay.destination_id)}</Link>
        </h2>
        <StateBadge tone={tone}>{title}</StateBadge>
        {!isOver && <ReplayActs replay={replay} />}
      </div>
      <p>
        <SelectionText replay={replay} />
        {typeof replay.reason === 'string' && <span className="muted"> · {visible(replay.reason)}</span>}
      </p>
      <progress max={Math.max(1, all)} value={isOver ? Math.max(1, all) : done} aria-label="Progress" />
      <p className="replay-counts number">
        <span>
          {numberText(done)} of {numberText(all)}
          {replay.progress.planned_at_least && !isOver ? ' or more' : ''} finished
        </span>
        <span>{numberText(replay.progress.delivered)} delivered</span>
        {replay.progress.filtered > 0 && (
          <span>{numberText(replay.progress.filtered)} left out by the filter</span>
        )}
        {replay.progress.left_out > 0 && (
          <span>{numberText(replay.progress.left_out)} open or dead already</span>
        )}
        {replay.progress.dead > 0 && (
          <span className="bad">{countText(replay.progress.dead, 'dead letter')}</span>
        )}
        {typeof replay.estimated_finish_at === 'string' && (
          <span>
            done <AgeText at={replay.estimated_finish_at} />
          </span>
        )}
      </p>
      {replay.note !== null && <p className="muted">{visible(replay.note)}</p>}
      <p className="muted replay-foot">
        {replay.origin === 'backfill'
          ? 'Backfill of a new destination'
          : `Asked for by ${actorOf(replay.requested_by ?? '')}`}
        {replay.created_at !== undefined && (
          <>
            , <TimeText at={replay.created_at} />
          </>
        )}
      </p>
    </li>
  );
}

function SelectionText({ replay: { selection } }: { replay: Replay }): ReactNode {
  switch (selection.kind) {
    case 'range':
      return (
        <>
          Recorded from {selection.from !== undefined && <TimeText at={selection.from} />} to{' '}
          {typeof selection.to === 'string' ? <TimeText at={selection.to} /> : 'the time it was asked for'}
        </>
      );
    case 'attestations':
      return <>{countText(selection.attestations ?? 0, 'attestation')} by name</>;
    case 'missing':
      return (
        <>What has no trace here since {selection.since !== undefined && <TimeText at={selection.since} />}</>
      );
    default:
      return selection.kind satisfies never;
  }
}

function ReplayActs({ replay }: { replay: Replay }): ReactNode {
  const { client, resources } = useServices();
  const [asking, setAsking] = useState(false);
  const act = useAction(async (change: 'pause' | 'resume' | 'cancel') => {
    await client.call({ method: 'POST', path: `/v1/siem/replays/${replay.replay_id}/${change}` });
    setAsking(false);
    resources.invalidate('/v1/siem/replays');
  });
  if (!useMay('deliveries:replay')) return null;
  const paused = replay.status === 'paused';
  return (
    <>
      <div className="actions">
        <Button
          className="button small"
          data-pending={act.running || undefined}
          onPress={() => void act.run(paused ? 'resume' : 'pause')}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
        <Button className="button small" onPress={() => setAsking(true)}>
          Cancel…
        </Button>
      </div>
      {act.problem !== undefined && !asking && <ProblemNotice problem={act.problem} />}
      <ConfirmDialog
        isOpen={asking}
        title="Cancel this replay?"
        verb="Cancel replay"
        danger
        running={act.running}
        problem={act.problem}
        onClose={() => setAsking(false)}
        onConfirm={() => void act.run('cancel')}
      >
        <p>
          What was sent stays in the SIEM, and the batch on its way is still delivered.{' '}
          <strong>{countText(replay.progress.remaining, 'record')}</strong> will not be sent; a new replay can
          do that later.
        </p>
      </ConfirmDialog>
    </>
  );
}
