import { isTextSignedBy } from './signed-text.ts';
import type { PublicCheckpointKey } from './checkpoint-key.ts';
import { linkSha256, linkStatement, type SignedLink } from './chain-link.ts';
import { type SignedTip, tipStatement } from './chain-tip.ts';

/** Where a chain goes on. */
export interface ChainEnd {
  /** 0: there is no link yet. */
  readonly linkNo: number;
  readonly sha256: string;
  readonly toRecordNo: number;
  /** The key that signs the next link. Absent: whichever is the newest. */
  readonly nextKeyId?: string;
}

export const EMPTY_CHAIN: ChainEnd = Object.freeze({ linkNo: 0, sha256: '', toRecordNo: 0 });

/** What a link says of the end, if one of the keys signed it. */
export function endOfLink(
  link: SignedLink | undefined,
  keys: readonly PublicCheckpointKey[],
): ChainEnd | undefined {
  const key = keys.find(({ keyId }) => keyId === link?.keyId);
  if (link === undefined || key === undefined) return undefined;
  if (!isTextSignedBy(linkStatement(link), link.signature, key)) return undefined;
  const { linkNo, toRecordNo, nextKey, keyId } = link;
  return { linkNo, sha256: linkSha256(link), toRecordNo, nextKeyId: nextKey?.keyId ?? keyId };
}

export function endOfTip(
  tip: SignedTip | undefined,
  keys: readonly PublicCheckpointKey[],
): ChainEnd | undefined {
  const key = keys.find(({ keyId }) => keyId === tip?.keyId);
  if (tip === undefined || key === undefined) return undefined;
  if (!isTextSignedBy(tipStatement(tip), tip.signature, key)) return undefined;
  return { linkNo: tip.linkNo, sha256: tip.sha256, toRecordNo: tip.toRecordNo, nextKeyId: tip.keyId };
}

/** The furthest of what is known. A chain goes on from there even when rows of it are gone: the gap then stays to be seen. */
export function furthestEnd(ends: readonly (ChainEnd | undefined)[]): ChainEnd {
  return ends.reduce<ChainEnd>(
    (far, end) => (end === undefined || end.linkNo <= far.linkNo ? far : end),
    EMPTY_CHAIN,
  );
}
