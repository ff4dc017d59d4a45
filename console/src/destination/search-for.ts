/** A search that finds one event in the SIEM of this type; undefined for a type that this console does not know. */
export function searchFor(type: string, uid: string): string | undefined {
  switch (type) {
    case 'splunk_hec':
      return `index=* sourcetype="ocsf:aegis" metadata_uid="${uid}"`;
    case 'sentinel_logs_ingestion':
      return `AegisOcsf_CL | where EventUid == "${uid}"`;
    case 'sentinel_data_collector':
      return `search "${uid}"`;
    default:
      return undefined;
  }
}
