/**
 * A reporter that keeps quiet about what passed and ends in one line that says how many passed, failed and were skipped;
 * skipped tests are listed with their reasons, so that nothing is left out in silence, and so are the files that take longest:
 * the whole run has a bound.
 */
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** Files. */
const SLOWEST_SHOWN = 12;

export default async function* summary(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  const files: { readonly file: string; readonly seconds: number }[] = [];
  for await (const event of source) {
    if (event.type === 'test:summary' && event.data.file !== undefined) {
      files.push({ file: relative(process.cwd(), event.data.file), seconds: event.data.duration_ms / 1_000 });
      continue;
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    if (data.skip !== undefined && data.skip !== false) {
      skipped.push(`${data.name}: ${data.skip === true ? 'no reason given' : data.skip}`);
      continue;
    }
    if (data.details.type === 'suite') continue;
    if (event.type === 'test:pass') passed += 1;
    else {
      failed += 1;
      yield `\nfailed: ${data.name} (${data.file ?? 'unknown file'}:${data.line ?? 0})\n${describe(event.data.details.error)}\n`;
    }
  }
  const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST_SHOWN);
  for (const { file, seconds } of slowest) yield `\n${seconds.toFixed(0).padStart(4)} s  ${file}`;
  for (const line of skipped) yield `\nskipped: ${line}`;
  yield `\n${passed} passed, ${failed} failed, ${skipped.length} skipped\n`;
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
