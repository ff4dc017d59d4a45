import { readFileSync } from 'node:fs';
import path from 'node:path';

const TEMPLATE_FILE = path.join(import.meta.dirname, '..', '..', 'content', 'sentinel', 'azuredeploy.json');

export interface DeclaredColumn {
  readonly name: string;
  readonly type: string;
}

interface Template {
  readonly resources: readonly {
    readonly type: string;
    readonly properties: {
      readonly streamDeclarations?: Readonly<
        Record<string, { readonly columns: readonly DeclaredColumn[] } | undefined>
      >;
    };
  }[];
}

/**
 * The streams that the shipped template declares. Read from the file that operators deploy, not from the source that it
 * was made from: the fake knows no more than a deployment does.
 */
export function declaredStreams(): ReadonlyMap<string, readonly DeclaredColumn[]> {
  const template = JSON.parse(readFileSync(TEMPLATE_FILE, 'utf8')) as Template;
  const rule = template.resources.find(({ type }) => type === 'Microsoft.Insights/dataCollectionRules');
  const streams = rule?.properties.streamDeclarations;
  if (streams === undefined) throw new Error(`${TEMPLATE_FILE} declares no stream`);
  return new Map(Object.entries(streams).map(([name, stream]) => [name, stream?.columns ?? []]));
}
