import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import type { DeclaredColumn } from '../fake-azure/declared-columns.ts';

/** What Microsoft's own parser of KQL has to say against a query. */
export interface KqlDiagnostic {
  readonly code: string;
  readonly message: string;
  /** The text that it speaks of. */
  readonly at: string;
}

export type KqlParser = (query: string) => readonly KqlDiagnostic[];

/** Asks the parser inside of its world, and brings plain values out of it. */
const ASK = `(function (query, tables) {
  const { Symbols, GlobalState, KustoCode } = Kusto.Language;
  const list = JSON.parse(tables).map(([name, schema]) => new Symbols.TableSymbol.$ctor7(name, schema, ''));
  const database = new Symbols.DatabaseSymbol.ctor('logs', list);
  const code = KustoCode.ParseAndAnalyze(query, GlobalState.Default.WithDatabase(database));
  const found = code.GetDiagnostics();
  const diagnostics = [];
  for (let index = 0; index < found.Count; index += 1) {
    const { Code, Message, Start, Length } = found.getItem(index);
    diagnostics.push({ code: String(Code), message: String(Message), at: query.slice(Start, Start + Length) });
  }
  return JSON.stringify(diagnostics);
})`;

/** Loads the parser with these tables. It is made for browsers and writes into the global object: it gets one of its own. */
export function kqlParser(tables: ReadonlyMap<string, readonly DeclaredColumn[]>): KqlParser {
  const folder = dirname(createRequire(import.meta.url).resolve('@kusto/language-service-next/package.json'));
  const world = vm.createContext({});
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js'])
    vm.runInContext(readFileSync(join(folder, file), 'utf8'), world, { filename: file });
  const ask: unknown = vm.runInContext(ASK, world);
  if (typeof ask !== 'function') throw new Error('the parser was not loaded');
  const schemas = [...tables].map(([name, columns]) => [
    name,
    `(${columns.map((column) => `${column.name}: ${column.type}`).join(', ')})`,
  ]);
  return (query) => {
    const answer: unknown = Reflect.apply(ask, undefined, [query, JSON.stringify(schemas)]);
    return JSON.parse(String(answer)) as readonly KqlDiagnostic[];
  };
}
