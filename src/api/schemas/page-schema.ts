/** Items of a page when the caller names no number. */
export const DEFAULT_PAGE_ITEMS = 50;
export const MAX_PAGE_ITEMS = 500;

export const PAGE_LIMIT_PATTERN = '^[1-9][0-9]{0,2}$';

/** Query of every list. Texts, since a query has no numbers: `pageQuery` reads them. */
const pageQueryProperties = {
  limit: {
    type: 'string',
    pattern: PAGE_LIMIT_PATTERN,
    description: `Items of a page, 1 to ${MAX_PAGE_ITEMS} (default ${DEFAULT_PAGE_ITEMS})`,
  },
  cursor: { type: 'string', minLength: 1, maxLength: 1_000, description: '`next_cursor` of the page before' },
} as const;

/** Query schema of a list with filters of its own. Unknown parameters are refused. */
export function querySchema(filters: Readonly<Record<string, object>> = {}): object {
  return {
    type: 'object',
    properties: { ...filters, ...pageQueryProperties },
    additionalProperties: false,
  };
}

/** Answer of every list: `{items, next_cursor}`; null at the end. */
export function pageSchema(item: object): object {
  return {
    description: 'One page of the list',
    type: 'object',
    required: ['items', 'next_cursor'],
    properties: {
      items: { type: 'array', items: item },
      next_cursor: { type: ['string', 'null'], description: 'null on the last page' },
    },
    additionalProperties: false,
  };
}
