import type { PublicCheckpointKey } from '../../src/proof/checkpoint-key.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { Verification, type VerificationOptions, type Verdict } from '../../src/verify/verification.ts';
import { KEYS, type StreamWorld } from './stream-world.ts';

const GRACE_MS = 60_000;

/** Judges event texts; by default with the first key, at the time that the world has. */
export function verifyTexts(
  world: StreamWorld,
  texts: readonly string[] = world.texts(),
  options: Partial<VerificationOptions> & { readonly keys?: readonly PublicCheckpointKey[] } = {},
): Verdict {
  const verification = new Verification();
  for (const text of texts) verification.add(Buffer.from(text));
  return verification.judge({ keys: [KEYS[0]], asOfMs: world.nowMs, graceMs: GRACE_MS, ...options });
}

export function findingsOf(verdict: Verdict): readonly Finding[] {
  return verdict.streams.flatMap(({ findings }) => findings.kept);
}

/** `gap 4-6`, `stale 9`: name and numbers of each fault. */
export function faultsOf(verdict: Verdict): string[] {
  return findingsOf(verdict)
    .filter(({ severity }) => severity === 'fault')
    .map(({ name, fromSeq, toSeq }) =>
      fromSeq === undefined ? name : `${name} ${fromSeq}${toSeq === fromSeq ? '' : `-${toSeq}`}`,
    );
}
