import { resealStore, type ResealReport } from '../../reseal-store.ts';
import { createSealer } from '../../secrets/create-sealer.ts';
import { fingerprint } from '../../secrets/fingerprint.ts';
import type { SealingKey } from '../../secrets/sealing-key.ts';
import type { OpenedStore } from '../../store/open-store.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { noteAct } from '../note-act.ts';
import { show } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import { SETTING_OPTIONS } from '../service-settings.ts';
import { textTable } from '../text-table.ts';
import { withStoreKeys } from '../with-store-keys.ts';

export const keysStatus: Command = {
  name: 'keys status',
  summary: 'Show how many sealed values there are under each master key, straight from the store',
  examples: ['aegis-siem keys status', 'aegis-siem keys status --json'],
  options: SETTING_OPTIONS,
  run: (context) =>
    withStoreKeys(context, async (store, keys) => {
      const counts = await store.sealed.countSealed();
      const items = [
        ...counts,
        ...keys
          .filter(({ keyId, form }) => form === undefined && !counts.some((count) => count.keyId === keyId))
          .map(({ keyId }) => ({ keyId, values: 0 })),
      ].map(({ keyId, values }) => ({ key_id: keyId, values, use: useOf(keyId, values, keys) }));
      await show(context, { items }, () =>
        textTable(
          ['KEY', 'VALUES', 'USE'],
          items.map(({ key_id: keyId, values, use }) => [keyId, String(values), use]),
        ),
      );
      return EXIT.ok;
    }),
};

export const keysRotateMaster: Command = {
  name: 'keys rotate-master',
  summary: 'Seal every stored credential anew under the first master key, beside running services',
  examples: ['aegis-siem keys rotate-master'],
  options: SETTING_OPTIONS,
  run: (context) =>
    withStoreKeys(context, async (store, keys) => {
      const progress = new ProgressLine(context.io);
      const sealer = createSealer(keys);
      const [first] = keys;
      const before = await store.sealed.countSealed();
      const report = await resealStore({
        store: store.sealed,
        sealer,
        fingerprint: (secret) => fingerprint(secret, first?.key ?? new Uint8Array()),
        onStep: (rows) => void progress.show(`${rows} rows sealed under ${sealer.keyId}`),
        signal: context.io.signal,
      });
      progress.clear();
      const after = await store.sealed.countSealed();
      const left = after.filter(({ keyId }) => keyId !== sealer.keyId);
      if (report.rows > 0) await noteRotation(store, sealer.keyId, before, report);
      const answer = {
        key_id: sealer.keyId,
        rows: report.rows,
        left: left.map(({ keyId, values }) => ({ key_id: keyId, values })),
        unopened: report.unopened,
      };
      await show(context, answer, () => said(sealer.keyId, report, left));
      if (context.io.signal.aborted) return EXIT.interrupted;
      return left.length === 0 ? EXIT.ok : EXIT.refused;
    }),
};

function useOf(keyId: string, values: number, keys: readonly SealingKey[]): string {
  if (keyId === keys[0]?.keyId) return 'seals';
  if (keyId === 'fernet') return 'opens; seal anew with keys rotate-master';
  return values === 0 ? 'not needed any more' : 'opens; seal anew with keys rotate-master';
}

function said(
  keyId: string,
  { rows, unopened }: ResealReport,
  left: readonly { keyId: string; values: number }[],
): string {
  const lines = [`${rows} rows sealed under ${keyId}.`];
  for (const { kind, id, code } of unopened) {
    lines.push(`${kind} ${id} could not be opened (${code}): set its credentials again.`);
  }
  lines.push(
    left.length === 0
      ? 'Nothing is sealed under another key: once every process has this one first, the others can be removed.'
      : `Still under another key: ${left.map((each) => `${each.values} under ${each.keyId}`).join(', ')}.`,
  );
  return `${lines.join('\n')}\n`;
}

async function noteRotation(
  store: OpenedStore,
  keyId: string,
  before: readonly { keyId: string; values: number }[],
  report: ResealReport,
): Promise<void> {
  await noteAct(store, {
    action: 'master_key.rotated',
    subjectId: keyId,
    before: Object.fromEntries(before.map((count) => [count.keyId, count.values])),
    after: { key_id: keyId, rows: report.rows, unopened: report.unopened.length },
  });
}
