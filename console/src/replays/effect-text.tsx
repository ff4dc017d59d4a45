import type { ReactNode } from 'react';
import type { ReplayEffect } from '../api/api-types.ts';
import { formatDuration } from '../elements/format-duration.ts';
import { countText } from '../elements/number-text.ts';
import { visible } from '../event/json-tokens.ts';

/** What a replay would do, before it begins. */
export function EffectText({ effect }: { effect: ReplayEffect }): ReactNode {
  const { left_out: leftOut, unknown_attestation_ids: unknown, at_least_seconds: seconds } = effect;
  const several = effect.records_at_least ? ' or more' : '';
  return (
    <div className="notice wait" role="status">
      <p>
        <strong>
          {countText(effect.records, 'record')}
          {several} will be sent
        </strong>{' '}
        under new numbers, marked as replayed. Live events keep their pace.
      </p>
      <ul>
        <li>
          {effect.expected_duplicates === 0
            ? 'None of them was delivered there before.'
            : `${countText(effect.expected_duplicates, 'of them was', 'of them were')} delivered before and will stand in the SIEM twice, under one metadata.uid.`}
        </li>
        {leftOut.open > 0 && <li>{countText(leftOut.open, 'record')} left out: on their way already.</li>}
        {leftOut.dead_letters > 0 && (
          <li>
            {countText(leftOut.dead_letters, 'record')} left out: dead letters are retried by themselves.
          </li>
        )}
        {unknown.length > 0 && (
          <li>
            {countText(unknown.length, 'id')} not known here: {unknown.slice(0, 5).map(visible).join(', ')}
            {unknown.length > 5 ? ' …' : ''}
          </li>
        )}
        {typeof seconds === 'number' && <li>At that rate it takes at least {formatDuration(seconds)}.</li>}
      </ul>
    </div>
  );
}
