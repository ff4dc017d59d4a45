import { text } from '../column.ts';
import type { Statements } from './database.ts';

/** Key ids named in sealed values, without opening any: `version.key id.…`. */
export async function sealedKeyIds(statements: Statements): Promise<string[]> {
  const rows = await statements.all(
    `select distinct split_part(v.sealed, '.', 2) as key_id from (
       select f.value as sealed from @schema@.aegis_siem_destinations d, json_each_text(d.sealed::json) f
       union all
       select sealed from @schema@.aegis_siem_keys) v
     where split_part(v.sealed, '.', 2) <> '' and split_part(v.sealed, '.', 3) <> '' order by key_id`,
  );
  return rows.map((row) => text(row, 'key_id'));
}
