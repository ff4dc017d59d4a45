import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import type { Destination, History, OverviewDestination } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import { formatDuration } from '../elements/format-duration.ts';
import { countText, numberText } from '../elements/number-text.ts';
import { useReadingTime } from '../live/use-reading-time.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { AgeText, TimeText } from '../elements/time-text.tsx';
import { useMay } from '../session/session.ts';
import { HappenedList } from './happened-list.tsx';
import { HISTORY_RANGES, historyPath, type HistoryRange } from './history-range.ts';

const EVERY_MS = 10_000;

/** How fast and how late events came to the SIEM, what failed, and who changed what. */
export function HealthStory({
  destination,
  item,
}: {
  destination: Destination;
  item: OverviewDestination | undefined;
}): ReactNode {
  const [range, setRange] = useState<HistoryRange>(HISTORY_RANGES[0]);
  const nowMs = useReadingTime();
  const { data, problem } = useResource<History>(
    historyPath(destination.destination_id, range, nowMs),
    EVERY_MS,
  );
  const mayAudit = useMay('audit:read');
  return (
    <div className="stack">
      {item !== undefined && <Figures item={item} />}
      <section className="card panel" aria-label="Charts">
        <div className="panel-head">
          <h2>Over time</h2>
          <div className="ranges" role="group" aria-label="Span of the charts">
            {HISTORY_RANGES.map((one) => (
              <button
                key={one.title}
                type="button"
                className="button small"
                aria-pressed={one === range}
                onClick={() => setRange(one)}
              >
                {one.title}
              </button>
            ))}
          </div>
        </div>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        <Charts history={data} />
      </section>
      {mayAudit && <HappenedList destinationId={destination.destination_id} />}
    </div>
  );
}

function Charts({ history }: { history: History | undefined }): ReactNode {
  const buckets = history?.buckets ?? [];
  const timesMs = buckets.map(({ start }) => Date.parse(start));
  const sum = (pick: (bucket: History['buckets'][number]) => number): number =>
    buckets.reduce((total, bucket) => total + pick(bucket), 0);
  const failed = sum((bucket) => bucket.failed_sends);
  const longest = Math.max(0, ...buckets.map((bucket) => bucket.delay_max_seconds ?? 0));
  const width = formatDuration(history?.bucket_seconds ?? 60);
  return (
    <div className="charts">
      <TimeChart
        title="Delivered"
        summary={`${countText(
          sum((bucket) => bucket.delivered),
          'event',
        )} in all, in steps of ${width}`}
        timesMs={timesMs}
        series={[
          {
            title: 'events',
            tone: 'accent',
            kind: 'bars',
            values: buckets.map((bucket) => bucket.delivered),
          },
        ]}
        format={numberOf}
      />
      <TimeChart
        title="Delay from recording to delivery"
        summary={`${formatDuration(longest)} at most`}
        timesMs={timesMs}
        series={[
          {
            title: 'longest',
            tone: 'wait',
            kind: 'line',
            values: buckets.map((bucket) => bucket.delay_max_seconds),
          },
          {
            title: 'mean',
            tone: 'accent',
            kind: 'line',
            values: buckets.map((bucket) => bucket.delay_mean_seconds),
          },
        ]}
        format={formatDuration}
      />
      <TimeChart
        title="Failed sends"
        summary={failed === 0 ? 'none' : `${numberText(failed)} of those still kept`}
        timesMs={timesMs}
        series={[
          {
            title: 'failed',
            tone: 'bad',
            kind: 'bars',
            values: buckets.map((bucket) => bucket.failed_sends),
          },
        ]}
        format={numberOf}
        height={84}
      />
    </div>
  );
}

function numberOf(value: number): string {
  // Between two whole events there is none: such a mark of an axis stays empty.
  return Number.isInteger(value) ? numberText(value) : '';
}

function Figures({ item }: { item: OverviewDestination }): ReactNode {
  const {
    delivered,
    waiting,
    dead_letters: dead,
    checkpoint,
    stream,
    last_delivered_at: last,
    health,
  } = item;
  return (
    <dl className="card facts">
      <Fact title="Delivered">
        {numberText(delivered.last_hour)} in the last hour, {numberText(delivered.last_day)} in the last day
      </Fact>
      <Fact title="Waiting">
        {numberText(waiting.count)}
        {waiting.at_least && ' or more'}
        {waiting.oldest_at !== null && (
          <>
            , the oldest since <AgeText at={waiting.oldest_at} />
          </>
        )}
      </Fact>
      <Fact title="Dead letters">
        {dead.count === 0 ? (
          '0'
        ) : (
          <Link href={`/dead-letters?destination=${item.destination_id}`}>{numberText(dead.count)}</Link>
        )}
        {dead.at_least && ' or more'}
      </Fact>
      <Fact title="Last delivery">{last === null ? 'never' : <AgeText at={last} />}</Fact>
      <Fact title="Health">
        {health.state} since <TimeText at={health.since} />
        {health.next_try !== null && (
          <>
            , next try <AgeText at={health.next_try} />
          </>
        )}
      </Fact>
      <Fact title="Complete until">
        <TimeText at={item.complete_until} />
      </Fact>
      <Fact title="Last checkpoint">
        {checkpoint === null ? (
          'none yet'
        ) : (
          <>
            number {numberText(checkpoint.seq)} covers up to {numberText(checkpoint.covers_to_seq)}, made{' '}
            <AgeText at={checkpoint.made_at} />
            {checkpoint.next_due !== null && (
              <>
                , next due <AgeText at={checkpoint.next_due} />
              </>
            )}
          </>
        )}
      </Fact>
      <Fact title="Stream">
        <code>{stream.id}</code> epoch <code>{stream.epoch}</code>, next number {numberText(stream.next_seq)}
      </Fact>
    </dl>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
