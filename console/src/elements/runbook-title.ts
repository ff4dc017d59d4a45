/** The name of a runbook as words: `leaked-api-key` as "leaked API key". */
export function runbookTitle(name: string): string {
  return name.replaceAll('-', ' ').replaceAll(/\b(?:api|dcr|siem)\b/gu, (word) => word.toUpperCase());
}
