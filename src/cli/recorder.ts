import type { JsonObject } from '../json.ts';
import type { RecordDraft, RecordResult } from '../outbox/record-store.ts';
import { openStore } from '../store/open-store.ts';
import { StoreError } from '../store/store-error.ts';
import { type ApiClient } from './api-client.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { asItems, asObject } from './output.ts';

/** Takes records that the parser accepted; answers as `POST /v1/attestations` does, in the order of the input. */
export interface Recorder extends AsyncDisposable {
  record(drafts: readonly RecordDraft[]): Promise<readonly JsonObject[]>;
}

export function apiRecorder(client: ApiClient): Recorder {
  return {
    async record(drafts) {
      // An array keeps each record's own text, line breaks and all.
      const body = Buffer.from(`[${drafts.map(({ body: text }) => text).join(',')}]`);
      const answer = await client.call({ method: 'POST', path: '/v1/attestations', body, expected: [207] });
      return asItems(asObject(answer.body)['results']);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Straight into a store, without a service. Throws `CliError` where it cannot be used as it is. */
export async function storeRecorder(url: string): Promise<Recorder> {
  const unusable = (error: unknown): CliError =>
    new CliError(
      error instanceof StoreError ? error.code : 'store_unusable',
      `--store: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.unavailable,
      { cause: error },
    );
  const store = await openStore(url).catch((error: unknown) => {
    throw unusable(error);
  });
  try {
    await store.migrate();
  } catch (error) {
    await store.close();
    throw unusable(error);
  }
  return {
    record: async (drafts) => (await store.record.recordAttestations(drafts)).map(resultView),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

function resultView(result: RecordResult): JsonObject {
  const { status, recordId } = result;
  switch (status) {
    case 'recorded':
    case 'duplicate':
      return { attestation_id: recordId, status };
    case 'conflict': {
      const message = 'This attestation_id is recorded already, with other bytes';
      const error = { code: 'id_conflict', pointer: '/attestation_id', message };
      return { attestation_id: recordId, status: 'rejected', error };
    }
    case 'failed':
      return {
        attestation_id: recordId,
        status,
        error: { code: result.code, pointer: '', message: result.message },
      };
    default:
      return result satisfies never;
  }
}
