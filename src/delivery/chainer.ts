import type { ChainHead, ChainStore } from '../outbox/chain-store.ts';
import { type ChainEnd, EMPTY_CHAIN, endOfLink, endOfTip, furthestEnd } from '../proof/chain-end.ts';
import { linkSha256, linkStatement, type SignedLink } from '../proof/chain-link.ts';
import { type SignedTip, tipStatement } from '../proof/chain-tip.ts';
import { type CheckpointKey, publicKeyBase64 } from '../proof/checkpoint-key.ts';
import { LinkBuilder } from '../proof/link-builder.ts';
import { signText } from '../proof/signed-text.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';

/** What a delivery needs to chain the records of its store. */
export interface ChainParts {
  readonly store: ChainStore;
  /** The signing keys with their private parts, newest first: those of the checkpoints. */
  readonly keys: () => Promise<readonly CheckpointKey[]>;
}

export interface ChainerParts extends Pick<DeliveryParts, 'clock' | 'limits' | 'logger' | 'observer'> {
  readonly chain: ChainParts;
}

/**
 * Chains records after their commit: every few seconds, in the order of their numbers, as far as no transaction can still bring a
 * lower one. Recording never waits for it. Several processes may do it at once; the store takes the first. Runs until `signal`
 * aborts, then to the end of what is committed, as far as `chainFinishMs` allows, and says that it stopped; never rejects.
 */
export async function runChainer(parts: ChainerParts, signal: AbortSignal): Promise<void> {
  const chainer = new Chainer(parts);
  // After a start the first events are on their way before anything is looked up.
  await parts.clock.sleep(parts.limits.chainPauseMs, signal);
  while (!signal.aborted) {
    const left = await chainer.turn(false);
    await parts.clock.sleep(left === 'more' ? parts.limits.chainPauseMs : parts.limits.chainEveryMs, signal);
  }
  await chainer.finish();
}

/** What a turn leaves to be chained: more at once, what waits for a transaction to end, nothing, or what the store refused. */
export type ChainRest = 'more' | 'unsettled' | 'nothing' | 'failed';

export class Chainer {
  readonly #parts: ChainerParts;
  /** What this process wrote or saw last: a store that knows less has lost it. */
  #seen: ChainEnd = EMPTY_CHAIN;
  #lastGivenNo = 0;
  #hasKeys = true;
  #lossSaidOf = 0;

  constructor(parts: ChainerParts) {
    this.#parts = parts;
  }

  /** Chains what is committed by now, then says that it stopped: what stays without a link until the next start is in doubt. */
  async finish(): Promise<void> {
    const { clock, limits } = this.#parts;
    const untilMs = clock.monotonicMs() + limits.chainFinishMs;
    let left = await this.turn(false);
    const goalNo = this.#lastGivenNo;
    while (this.#seen.toRecordNo < goalNo && clock.monotonicMs() < untilMs) {
      if (left === 'nothing' || left === 'failed') break;
      // Transactions of every database of a PostgreSQL server count, the short ones of others too: one look is too few.
      if (left === 'unsettled') await clock.sleep(limits.chainFinishLookMs, new AbortController().signal);
      left = await this.turn(false);
    }
    await this.turn(true);
  }

  /** One link at most. Answers what is left. */
  async turn(isLast: boolean): Promise<ChainRest> {
    const { chain, logger } = this.#parts;
    try {
      const keys = await chain.keys();
      if (keys.length === 0) {
        if (this.#hasKeys)
          logger.info(
            {},
            'The store has no signing key: records are not chained, and changes to them are not found',
          );
        this.#hasKeys = false;
        return 'nothing';
      }
      this.#hasKeys = true;
      return await this.#chain(keys, isLast);
    } catch (error) {
      logger.warn(errorFields(error), 'Records could not be chained; the next turn tries again');
      return 'failed';
    }
  }

  async #chain(keys: readonly CheckpointKey[], isLast: boolean): Promise<ChainRest> {
    const { chain, limits } = this.#parts;
    const head = await chain.store.readHead();
    this.#lastGivenNo = head.lastGivenNo;
    const end = this.#endOf(head, keys);
    const settledNo =
      end.toRecordNo < head.lastGivenNo ? await chain.store.settledRecordNo() : end.toRecordNo;
    const content = settledNo > end.toRecordNo ? await this.#read(end.toRecordNo, settledNo) : undefined;
    if (content === undefined || content.records === 0) {
      // Numbers without a record need no link of their own: the next one covers them.
      if (isLast || this.#isTipDue(head.tip, keys)) await this.#write(head, end, keys, isLast);
      await this.#report(head, end.toRecordNo);
      return settledNo < head.lastGivenNo ? 'unsettled' : 'nothing';
    }
    const link = this.#linkAfter(head, end, content, keys);
    const next = { linkNo: link.linkNo, sha256: linkSha256(link), toRecordNo: link.toRecordNo };
    const isWritten = await this.#write(head, next, keys, isLast, link);
    if (!isWritten) return 'more';
    await this.#report(head, link.toRecordNo, link);
    if (link.records >= limits.chainRecords) return 'more';
    return settledNo < head.lastGivenNo ? 'unsettled' : 'nothing';
  }

  /** The furthest end that is signed. Says once when the store has lost what was there. */
  #endOf(head: ChainHead, keys: readonly CheckpointKey[]): ChainEnd {
    const fromLink = endOfLink(head.lastLink, keys);
    const end = furthestEnd([fromLink, endOfTip(head.tip, keys), this.#seen]);
    const storedNo = fromLink?.linkNo ?? 0;
    if (storedNo < end.linkNo && this.#lossSaidOf !== end.linkNo) {
      this.#lossSaidOf = end.linkNo;
      this.#parts.logger.error(
        { last_link: storedNo, known_link: end.linkNo },
        'Links of the record chain are gone from the store, or were changed; "aegis-siem verify --store" tells more. The chain goes on after them',
      );
    }
    this.#seen = end;
    return end;
  }

  async #read(afterRecordNo: number, settledNo: number) {
    const { chain, limits } = this.#parts;
    const builder = new LinkBuilder();
    let toRecordNo = afterRecordNo;
    for (;;) {
      const maxRecords = Math.min(limits.chainReadRecords, limits.chainRecords - builder.records);
      const records = await chain.store.readRecords({
        afterRecordNo: toRecordNo,
        toRecordNo: settledNo,
        maxRecords,
      });
      for (const record of records) builder.add(record);
      toRecordNo = records.length < maxRecords ? settledNo : (records.at(-1)?.recordNo ?? settledNo);
      if (records.length < maxRecords || builder.records >= limits.chainRecords)
        return builder.content(afterRecordNo + 1, toRecordNo);
    }
  }

  #linkAfter(
    head: ChainHead,
    end: ChainEnd,
    content: ReturnType<LinkBuilder['content']>,
    keys: readonly CheckpointKey[],
  ): SignedLink {
    const newest = newestOf(keys);
    const signer = keys.find(({ keyId }) => keyId === end.nextKeyId) ?? newest;
    const link = {
      // A row that somebody else put there takes its number; the link names the one that it really follows.
      linkNo: Math.max(end.linkNo, head.lastLink?.linkNo ?? 0) + 1,
      ...(end.linkNo === 0 ? {} : { previous: end.sha256 }),
      ...content,
      madeAtMs: this.#nowMs(),
      keyId: signer.keyId,
      ...(signer === newest ? {} : { nextKey: { keyId: newest.keyId, publicKey: publicKeyBase64(newest) } }),
    };
    return { ...link, signature: signText(linkStatement(link), signer) };
  }

  async #write(
    head: ChainHead,
    end: ChainEnd,
    keys: readonly CheckpointKey[],
    isLast: boolean,
    link?: SignedLink,
  ): Promise<boolean> {
    const { chain, limits } = this.#parts;
    const madeAtMs = this.#nowMs();
    // The tip is signed by a key that the links before it vouch for.
    const signer = keys.find(({ keyId }) => keyId === (link?.keyId ?? end.nextKeyId)) ?? newestOf(keys);
    const tip = {
      linkNo: end.linkNo,
      sha256: end.sha256,
      toRecordNo: end.toRecordNo,
      madeAtMs,
      ...(isLast ? {} : { nextDueMs: madeAtMs + limits.chainTipEveryMs }),
      keyId: signer.keyId,
    };
    const signed = { ...tip, signature: signText(tipStatement(tip), signer) };
    const isWritten = await chain.store.append(head.lastLink?.linkNo ?? 0, signed, link);
    if (isWritten && link !== undefined)
      this.#seen = { ...end, nextKeyId: link.nextKey?.keyId ?? link.keyId };
    return isWritten;
  }

  #isTipDue(tip: SignedTip | undefined, keys: readonly CheckpointKey[]): boolean {
    if (tip?.nextDueMs === undefined || endOfTip(tip, keys) === undefined) return true;
    const sinceMs = this.#nowMs() - tip.madeAtMs;
    // A clock that was set back must not put the next word off.
    return sinceMs < 0 || sinceMs >= this.#parts.limits.chainTipEveryMs;
  }

  async #report(head: ChainHead, coveredNo: number, link?: SignedLink): Promise<void> {
    const { chain, observer } = this.#parts;
    const waiting = Math.max(0, head.lastGivenNo - coveredNo);
    const range = { afterRecordNo: coveredNo, toRecordNo: head.lastGivenNo, maxRecords: 1 };
    const [oldest] = waiting === 0 ? [] : await chain.store.readRecords(range);
    const waitingMs = oldest === undefined ? 0 : Math.max(0, this.#nowMs() - oldest.recordedAtMs);
    observer.chained({ links: link === undefined ? 0 : 1, records: link?.records ?? 0, waiting, waitingMs });
  }

  #nowMs(): number {
    return Math.floor(this.#parts.clock.nowMs());
  }
}

function newestOf(keys: readonly CheckpointKey[]): CheckpointKey {
  const [newest] = keys;
  if (newest === undefined) throw new RangeError('There is no key to sign with');
  return newest;
}
