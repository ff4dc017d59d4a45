import { sameJson } from '../form/same-json.ts';

/** Names of the settings in which two records differ; a change inside of `config` is `config.url`. */
export function changedFields(before: unknown, after: unknown, prefix = ''): readonly string[] {
  if (!isObject(before) || !isObject(after)) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (sameJson(was, is)) return [];
    const path = `${prefix}${name}`;
    return prefix === '' && isObject(was) && isObject(is) ? changedFields(was, is, `${path}.`) : [path];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
