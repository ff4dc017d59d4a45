import { type CommandContext, textOption, type OptionSpec } from './command.ts';

export const PAGING_OPTIONS = {
  limit: { type: 'string', value: 'N', help: 'Items a page' },
  cursor: { type: 'string', value: 'CURSOR', help: 'Where the last page ended' },
} as const satisfies Record<string, OptionSpec>;

/** Adds the options that were given to a path as its query: option name -> query name. */
export function withQuery(
  path: string,
  context: CommandContext,
  names: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams();
  for (const [option, name] of Object.entries({ ...names, limit: 'limit', cursor: 'cursor' })) {
    const value = textOption(context, option);
    if (value !== undefined) query.set(name, value);
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
