import { text } from '../column.ts';
import type { Statements } from './statements.ts';

/** Key ids named in sealed values, without opening any: `version.key id.…`. */
export function sealedKeyIds(statements: Statements): string[] {
  return statements
    .all(
      `select distinct substr(rest, 1, instr(rest, '.') - 1) as key_id from (
         select substr(sealed_value, instr(sealed_value, '.') + 1) as rest from (
           select f.value as sealed_value from aegis_siem_destinations d,
             json_each(case when json_valid(d.sealed) then d.sealed else '{}' end) f
           union all
           select sealed from aegis_siem_keys))
       where instr(rest, '.') > 1 order by key_id`,
    )
    .map((row) => text(row, 'key_id'));
}
