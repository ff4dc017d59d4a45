/** Where the console's own pages are. All of them answer the same document; what is shown follows from the address. */
export const CONSOLE_PATHS = [
  '/',
  '/destinations',
  '/destinations/*',
  '/deliveries',
  '/events/*',
  '/dead-letters',
  '/replays',
  '/replays/*',
  '/audit',
  '/keys',
  '/runbooks',
  '/runbooks/*',
] as const;
