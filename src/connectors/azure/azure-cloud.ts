/** The clouds that are run apart from each other, each with hosts and audiences of its own. */
export type AzureCloudName = 'public' | 'gov' | 'china';

export interface AzureCloud {
  readonly title: string;
  /** Hosts of the sign-in service. The first is used where none is set. */
  readonly loginHosts: readonly string[];
  /** What a token for the Logs Ingestion API is asked for; `/.default` after it makes the scope. */
  readonly monitorResource: string;
  /** Ends of the hosts of data collection endpoints and rules. */
  readonly ingestionSuffix: string;
  /** End of the hosts of the Data Collector API, after the workspace id. */
  readonly dataCollectorSuffix: string;
}

export type AzureCloudTable = Readonly<Record<AzureCloudName, AzureCloud>>;

/**
 * Hosts by cloud. https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview and
 * https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 */
export const AZURE_CLOUDS: AzureCloudTable = Object.freeze({
  public: {
    title: 'Azure public cloud',
    loginHosts: ['login.microsoftonline.com'],
    monitorResource: 'https://monitor.azure.com',
    ingestionSuffix: '.ingest.monitor.azure.com',
    dataCollectorSuffix: '.ods.opinsights.azure.com',
  },
  gov: {
    title: 'Azure US Government',
    loginHosts: ['login.microsoftonline.us'],
    monitorResource: 'https://monitor.azure.us',
    ingestionSuffix: '.ingest.monitor.azure.us',
    dataCollectorSuffix: '.ods.opinsights.azure.us',
  },
  china: {
    title: 'Azure China (21Vianet)',
    loginHosts: ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
    monitorResource: 'https://monitor.azure.cn',
    ingestionSuffix: '.ingest.monitor.azure.cn',
    dataCollectorSuffix: '.ods.opinsights.azure.cn',
  },
});

export const AZURE_CLOUD_NAMES: readonly AzureCloudName[] = Object.freeze(['public', 'gov', 'china']);
