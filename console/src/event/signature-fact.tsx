import type { ReactNode } from 'react';
import type { DecisionSignature } from '../api/delivery-types.ts';
import { StateBadge } from '../elements/state-badge.tsx';
import { visible } from './json-tokens.ts';

const WORDS = {
  proved: { title: 'Proved', tone: 'good' },
  wrong_key: { title: 'Does not match', tone: 'bad' },
  unknown_key: { title: 'Unknown key', tone: 'wait' },
  unsigned: { title: 'None', tone: 'idle' },
  unchecked: { title: 'Cannot be checked', tone: 'wait' },
  no_key_pinned: { title: 'As claimed, unchecked', tone: 'idle' },
} as const satisfies Readonly<Record<DecisionSignature['verdict'], object>>;

/** Who signed the decision, and whether the service's pinned keys say so too. */
export function SignatureFact({ signature }: { signature: DecisionSignature }): ReactNode {
  const { title, tone } = WORDS[signature.verdict];
  const { version, algorithm, key_id: keyId, message } = signature;
  const claim = [version, algorithm, keyId === null ? null : `key ${keyId}`].filter((part) => part !== null);
  return (
    <span className="signature">
      <StateBadge tone={tone}>{title}</StateBadge>
      {claim.length > 0 && <span>{visible(claim.join(' · '))}</span>}
      {message !== null && signature.verdict !== 'unsigned' && (
        <span className="muted">{visible(`The decision ${message}.`)}</span>
      )}
    </span>
  );
}
