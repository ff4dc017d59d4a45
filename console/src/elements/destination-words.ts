/** Types of destinations as people call them. */
const TYPE_TITLES: Readonly<Record<string, string>> = {
  splunk_hec: 'Splunk HEC',
  sentinel_logs_ingestion: 'Microsoft Sentinel',
  sentinel_data_collector: 'Microsoft Sentinel (legacy API)',
};

export function typeTitle(type: string): string {
  return TYPE_TITLES[type] ?? type;
}

/** Words of the overview's verdict, as a badge says them. */
const VERDICT_TITLES: Readonly<Record<string, string>> = {
  complete: 'Complete',
  catching_up: 'Up to date',
  late: 'Behind',
  dead_letters: 'Dead letters',
  throttled: 'Throttled',
  failing: 'Failing',
  held: 'Held',
  unproven: 'Unproven',
  paused: 'Paused',
  disabled: 'Disabled',
  unused: 'Unused',
};

/** A word that a newer service has is shown as it is. */
export function verdictTitle(word: string): string {
  return VERDICT_TITLES[word] ?? word.replaceAll('_', ' ');
}
