import {
  inLockOrder,
  newCheckpointKeyText,
  sealedCheckpointKeyOf,
  sealedCountOf,
  sealedDestinationOf,
} from '../sealed-row.ts';
import type { ResealedRow, SealedCount, SealedQuery, SealedRow, SealedStore } from '../sealed-store.ts';
import type { SqliteConnection } from './connection.ts';
import type { Statements } from './statements.ts';

/** The key id in a sealed value, `version.key id.…`; a Fernet token has no dot. */
function keyIdIn(value: string): string {
  const rest = `substr(${value}, instr(${value}, '.') + 1)`;
  return `case when instr(${value}, '.') = 0 then 'fernet' else substr(${rest}, 1, instr(${rest}, '.') - 1) end`;
}

/** `?1` a key id, `?2` whether it is the one that is looked for. */
function matches(value: string): string {
  return `(${keyIdIn(value)} = ?1) = ?2`;
}

export class SqliteSealedStore implements SealedStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async countSealed(): Promise<readonly SealedCount[]> {
    return this.#connection.read((statements) =>
      statements
        .all(
          `select ${keyIdIn('v.sealed')} as key_id, count(*) as sealed_values from (
             select f.value as sealed from aegis_siem_destinations d, json_each(d.sealed) f
             union all select sealed from aegis_siem_keys) v
           group by 1 order by 1`,
        )
        .map(sealedCountOf),
    );
  }

  async listSealed(query: SealedQuery): Promise<readonly SealedRow[]> {
    return this.#connection.read((statements) => {
      const found = query.after?.kind === 'checkpoint_key' ? [] : destinations(statements, query);
      return [...found, ...checkpointKeys(statements, query, query.limit - found.length)];
    });
  }

  async reseal(rows: readonly ResealedRow[]): Promise<number> {
    return this.#connection.write((statements) => {
      let written = 0;
      for (const change of inLockOrder(rows)) written += resealOne(statements, change);
      return written;
    });
  }
}

function destinations(statements: Statements, { keyId, after, limit }: SealedQuery): readonly SealedRow[] {
  const rows = statements.all(
    `select d.destination_id, d.workspace_id, d.sealed, d.fingerprints from aegis_siem_destinations d
     where d.destination_id > ?3 and exists (select 1 from json_each(d.sealed) f where ${matches('f.value')})
     order by d.destination_id limit ?4`,
    ...wanted(keyId),
    after?.id ?? '',
    limit,
  );
  return rows.map(sealedDestinationOf);
}

function checkpointKeys(
  statements: Statements,
  { keyId, after }: SealedQuery,
  limit: number,
): readonly SealedRow[] {
  const rows = statements.all(
    `select k.key_id, k.sealed from aegis_siem_keys k
     where k.key_id > ?3 and ${matches('k.sealed')} order by k.key_id limit ?4`,
    ...wanted(keyId),
    after?.kind === 'checkpoint_key' ? after.id : '',
    limit,
  );
  return rows.map(sealedCheckpointKeyOf);
}

function wanted(keyId: SealedQuery['keyId']): readonly [string, number] {
  return 'of' in keyId ? [keyId.of, 1] : [keyId.otherThan, 0];
}

function resealOne(statements: Statements, change: ResealedRow): number {
  const { row, sealed, fingerprints } = change;
  if (row.kind === 'checkpoint_key') {
    return statements.run(
      'update aegis_siem_keys set sealed = ? where key_id = ? and sealed = ?',
      newCheckpointKeyText(change),
      row.id,
      row.stored,
    );
  }
  return statements.run(
    'update aegis_siem_destinations set sealed = ?, fingerprints = ? where destination_id = ? and sealed = ?',
    JSON.stringify(sealed),
    JSON.stringify(fingerprints),
    row.id,
    row.stored,
  );
}
