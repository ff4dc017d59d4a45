import {
  AZURE_CLOUD_NAMES,
  type AzureCloud,
  type AzureCloudName,
  type AzureCloudTable,
} from './azure-cloud.ts';

/** What an address of a destination is for. */
export type AzurePurpose = 'logs_ingestion' | 'data_collector' | 'login' | 'scope';

export interface AzureAddress {
  /** Name of the setting. */
  readonly field: string;
  readonly purpose: AzurePurpose;
  readonly url: URL;
}

export interface AzureAddresses {
  readonly cloud: AzureCloudName;
  readonly addresses: readonly AzureAddress[];
}

export type AzureHostVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly field: string;
      /** `azure_cloud_mismatch`: the address belongs to another cloud. `azure_host_refused`: to none. */
      readonly code: 'azure_cloud_mismatch' | 'azure_host_refused';
      /** What is wrong and who must change what. */
      readonly message: string;
    };

/**
 * Whether secrets, tokens and events may go to these addresses: each must be the chosen cloud's own, over https on its
 * own port, or named by the operator's list. `listAllows` answers for the list. Pure: nothing is looked up.
 */
export function azureHostVerdict(
  config: AzureAddresses,
  clouds: AzureCloudTable,
  listAllows: (url: URL) => boolean,
): AzureHostVerdict {
  const cloud = clouds[config.cloud];
  for (const address of config.addresses) {
    if (isOwn(address, cloud) || listAllows(address.url)) continue;
    const other = AZURE_CLOUD_NAMES.find((name) => isOwn(address, clouds[name]));
    if (other !== undefined) {
      return {
        ok: false,
        field: address.field,
        code: 'azure_cloud_mismatch',
        message: `${address.field} belongs to ${clouds[other].title}, but cloud is "${config.cloud}" (${cloud.title}). Set cloud to "${other}", or correct ${address.field}.`,
      };
    }
    return {
      ok: false,
      field: address.field,
      code: 'azure_host_refused',
      message: `${address.field} is not an address of ${cloud.title}: ${wanted(address.purpose, cloud)}. Correct it; for a gateway of your own, the operator must name its address in AEGIS_SIEM_EGRESS_ALLOW.`,
    };
  }
  return { ok: true };
}

function isOwn({ purpose, url }: AzureAddress, cloud: AzureCloud): boolean {
  // An own port of the scheme shows as an empty one. Any other is none of Azure's.
  if (url.protocol !== 'https:' || url.port !== '') return false;
  switch (purpose) {
    case 'logs_ingestion':
      return endsIn(url.hostname, cloud.ingestionSuffix);
    case 'data_collector':
      return endsIn(url.hostname, cloud.dataCollectorSuffix);
    case 'login':
      return cloud.loginHosts.includes(url.hostname);
    case 'scope':
      return url.origin === cloud.monitorResource;
    default:
      return purpose satisfies never;
  }
}

function endsIn(hostname: string, suffix: string): boolean {
  return hostname.length > suffix.length && hostname.endsWith(suffix);
}

function wanted(purpose: AzurePurpose, cloud: AzureCloud): string {
  switch (purpose) {
    case 'logs_ingestion':
      return `it must be https and end in ${cloud.ingestionSuffix}`;
    case 'data_collector':
      return `it must be https and end in ${cloud.dataCollectorSuffix}`;
    case 'login':
      return `it must be https://${cloud.loginHosts.join(' or https://')}`;
    case 'scope':
      return `it must be ${cloud.monitorResource}/.default`;
    default:
      return purpose satisfies never;
  }
}
