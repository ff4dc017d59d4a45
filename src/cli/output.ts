import type { JsonObject, JsonValue } from '../json.ts';
import { visibleText } from '../ocsf/visible-text.ts';
import type { CommandContext } from './command.ts';
import { textTable } from './text-table.ts';

/** A JSON object out of an answer, or an empty one. */
export function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function asItems(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.map((item: JsonValue) => asObject(item)) : [];
}

/** A cell of a table: one line, control characters made visible, "-" for nothing. */
export function cell(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return '-';
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value));
}

/** JSON when asked for, else what `human` makes of it. */
export async function show(context: CommandContext, body: JsonValue, human: () => string): Promise<void> {
  await context.io.writeOut(context.json ? `${JSON.stringify(body, null, 2)}\n` : human());
}

/** A list answer as a table, with a word on what more there is. */
export async function showList(
  context: CommandContext,
  body: JsonValue,
  columns: Readonly<Record<string, (item: JsonObject) => JsonValue | undefined>>,
  empty: string,
): Promise<void> {
  const items = asItems(asObject(body)['items']);
  await show(context, body, () =>
    items.length === 0
      ? `${empty}\n`
      : textTable(
          Object.keys(columns),
          items.map((item) => Object.values(columns).map((read) => cell(read(item)))),
        ),
  );
  const next = asObject(body)['next_cursor'];
  if (typeof next === 'string' && !context.json) context.io.writeError(`more: --cursor ${next}\n`);
}
