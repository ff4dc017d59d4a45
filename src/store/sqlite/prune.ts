import type { PruneReport, RetentionCutoffs } from '../../outbox/retention-store.ts';
import { integer, maybeInteger } from '../column.ts';
import type { Statements } from './statements.ts';

/**
 * Up to this number of the lane's epoch the newest checkpoint that is old itself and was delivered covers the stream. Beyond it
 * receipts stay while checkpoints are made, so that every checkpoint that is kept can be held against its receipts.
 */
const COVERED_SEQ = `
  select body ->> '$.to_seq' as covered_seq from aegis_siem_checkpoints c
  where destination_no = ?1 and epoch_no = ?2 and made_at < ?3 and exists (
    select 1 from aegis_siem_receipts r where r.destination_no = ?1 and r.epoch_no = ?2 and r.first_seq = c.seq
      and r.places = 1 and r.record_nos = '[null]' and r.tombstones is null)
  order by seq desc limit 1`;

/** Rows that must stay may stand before those that may go: the latest receipt of each epoch, and what is above the mark. */
const HEAD_ROWS = 1_000;

/**
 * Up to this number the reconciler has looked, so that it will not ask for evidence again. Where a destination takes no rows it
 * never will, since its mark begins anew when it takes them again.
 */
const SAFE_NO = `min(coalesce((select min(record_no) from aegis_siem_missed), 9007199254740991) - 1,
  case when d.state in ('active', 'paused') then coalesce(m.mark, 0) else 9007199254740991 end)`;

const PRUNE_RECEIPTS = `
  delete from aegis_siem_receipts where receipt_no in (
    select o.receipt_no from (
      select receipt_no, epoch_no, first_seq, places, max_record_no from aegis_siem_receipts
      where destination_no = ?1 and delivered_at < ?2 order by delivered_at limit ?4 + ${HEAD_ROWS}) o
    where o.max_record_no <= ?3
      and (?5 is null or case when o.epoch_no = ?5 then o.first_seq + max(o.places, 1) - 1 <= ?6
        else not exists (select 1 from aegis_siem_checkpoints young where young.destination_no = ?1
          and young.epoch_no = o.epoch_no and young.made_at >= ?2 and young.seq > o.first_seq) end)
      and exists (
      select 1 from aegis_siem_receipts later
      where later.destination_no = ?1 and later.epoch_no = o.epoch_no and later.first_seq > o.first_seq)
    limit ?4)`;

const PRUNE_ATTEMPTS = `
  delete from aegis_siem_attempts where attempt_no in (
    select attempt_no from aegis_siem_attempts where destination_no = ?1 and at < ?2 order by attempt_no limit ?3)`;

const PRUNE_SKIPPED = `
  delete from aegis_siem_dead_letters where status = 'skipped' and destination_no = ?1 and record_no in (
    select o.record_no from (
      select destination_no, record_no from aegis_siem_dead_letters
      where status = 'skipped' and skipped_at < ?2 order by skipped_at limit ?4 + ${HEAD_ROWS}) o
    where o.destination_no = ?1 and o.record_no <= ?3 limit ?4)`;

/** One bounded step, inside one write transaction. */
export function prune(statements: Statements, cutoffs: RetentionCutoffs, maxRows: number): PruneReport {
  const { receiptsBeforeMs, attemptsBeforeMs, skippedBeforeMs } = cutoffs;
  let [receipts, attempts, skippedLetters] = [0, 0, 0];
  const left = (): number => maxRows - receipts - attempts - skippedLetters;
  const destinations = statements.all(
    `select d.destination_no, ${SAFE_NO} as safe_no, case when d.state in ('active', 'paused') then l.epoch_no end as epoch_no
     from aegis_siem_destinations d left join aegis_siem_reconciler m using (destination_no)
     left join aegis_siem_lanes l using (destination_no) order by d.destination_no`,
  );
  for (const destination of destinations) {
    const no = integer(destination, 'destination_no');
    const safeNo = integer(destination, 'safe_no');
    if (receiptsBeforeMs !== undefined && left() > 0) {
      const beforeMs = Math.floor(receiptsBeforeMs);
      const epochNo = cutoffs.onlyCovered === true ? (maybeInteger(destination, 'epoch_no') ?? null) : null;
      const covered = epochNo === null ? undefined : statements.first(COVERED_SEQ, no, epochNo, beforeMs);
      const coveredSeq = covered === undefined ? 0 : integer(covered, 'covered_seq');
      receipts += statements.run(PRUNE_RECEIPTS, no, beforeMs, safeNo, left(), epochNo, coveredSeq);
    }
    if (attemptsBeforeMs !== undefined && left() > 0) {
      attempts += statements.run(PRUNE_ATTEMPTS, no, Math.floor(attemptsBeforeMs), left());
    }
    if (skippedBeforeMs !== undefined && left() > 0) {
      skippedLetters += statements.run(PRUNE_SKIPPED, no, Math.floor(skippedBeforeMs), safeNo, left());
    }
  }
  return { receipts, attempts, skippedLetters, more: left() <= 0 };
}
