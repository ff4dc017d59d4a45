/** The pages of docs/operations of this very version, as files of the service: read only when one is opened. */
const FILES = import.meta.glob<string>('../../../docs/operations/*.md', {
  query: '?url',
  import: 'default',
  eager: true,
});

const NAME = /(?<name>[^/]+)\.md$/;
/** Where the list of them stands. */
const INDEX = 'README';

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(FILES).map(([path, url]) => [NAME.exec(path)?.groups?.['name'] ?? path, url]),
);

/** The file of a page; of the list without a name. Undefined where there is none. */
export function runbookFile(name: string | undefined): string | undefined {
  return BY_NAME.get(name ?? INDEX);
}

/** Where a link of one page to another leads in the console; undefined where it leads to none of them. */
export function runbookHref(link: string): string | undefined {
  const name = /^(?<name>[a-z-]+)\.md(?:#.*)?$/.exec(link)?.groups?.['name'];
  return name !== undefined && BY_NAME.has(name) ? `/runbooks/${name}` : undefined;
}
