import {
  inLockOrder,
  newCheckpointKeyText,
  sealedCheckpointKeyOf,
  sealedCountOf,
  sealedDestinationOf,
} from '../sealed-row.ts';
import type { ResealedRow, SealedCount, SealedQuery, SealedRow, SealedStore } from '../sealed-store.ts';
import type { Database, Statements } from './database.ts';

/** The key id in a sealed value, `version.key id.…`; a Fernet token has no dot. */
function keyIdIn(value: string): string {
  return `case when strpos(${value}, '.') = 0 then 'fernet' else split_part(${value}, '.', 2) end`;
}

/** `$1` a key id, `$2` whether it is the one that is looked for. */
function matches(value: string): string {
  return `(${keyIdIn(value)} = $1) = $2`;
}

const LOWEST_UUID = '00000000-0000-0000-0000-000000000000';

export class PostgresSealedStore implements SealedStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async countSealed(): Promise<readonly SealedCount[]> {
    const rows = await this.#database.all(
      `select ${keyIdIn('v.sealed')} as key_id, count(*) as sealed_values from (
         select f.value as sealed from @schema@.aegis_siem_destinations d, json_each_text(d.sealed::json) f
         union all select sealed from @schema@.aegis_siem_keys) v
       group by 1 order by 1`,
    );
    return rows.map(sealedCountOf);
  }

  async listSealed(query: SealedQuery): Promise<readonly SealedRow[]> {
    const found = query.after?.kind === 'checkpoint_key' ? [] : await destinations(this.#database, query);
    return [...found, ...(await checkpointKeys(this.#database, query, query.limit - found.length))];
  }

  reseal(rows: readonly ResealedRow[]): Promise<number> {
    return this.#database.transaction(async (statements) => {
      let written = 0;
      for (const change of inLockOrder(rows)) written += await resealOne(statements, change);
      return written;
    });
  }
}

async function destinations(
  statements: Statements,
  { keyId, after, limit }: SealedQuery,
): Promise<readonly SealedRow[]> {
  const rows = await statements.all(
    `select d.destination_id, d.workspace_id, d.sealed, d.fingerprints from @schema@.aegis_siem_destinations d
     where d.destination_id > $3
       and exists (select 1 from json_each_text(d.sealed::json) f where ${matches('f.value')})
     order by d.destination_id limit $4`,
    [...wanted(keyId), after?.id ?? LOWEST_UUID, limit],
  );
  return rows.map(sealedDestinationOf);
}

async function checkpointKeys(
  statements: Statements,
  { keyId, after }: SealedQuery,
  limit: number,
): Promise<readonly SealedRow[]> {
  const rows = await statements.all(
    `select k.key_id, k.sealed from @schema@.aegis_siem_keys k
     where k.key_id > $3 and ${matches('k.sealed')} order by k.key_id limit $4`,
    [...wanted(keyId), after?.kind === 'checkpoint_key' ? after.id : '', limit],
  );
  return rows.map(sealedCheckpointKeyOf);
}

function wanted(keyId: SealedQuery['keyId']): readonly [string, boolean] {
  return 'of' in keyId ? [keyId.of, true] : [keyId.otherThan, false];
}

function resealOne(statements: Statements, change: ResealedRow): Promise<number> {
  const { row, sealed, fingerprints } = change;
  if (row.kind === 'checkpoint_key') {
    return statements.run(
      'update @schema@.aegis_siem_keys set sealed = $1 where key_id = $2 and sealed = $3',
      [newCheckpointKeyText(change), row.id, row.stored],
    );
  }
  return statements.run(
    `update @schema@.aegis_siem_destinations set sealed = $1, fingerprints = $2
     where destination_id = $3 and sealed = $4`,
    [JSON.stringify(sealed), JSON.stringify(fingerprints), row.id, row.stored],
  );
}
