import type { ReactNode } from 'react';
import templateUrl from '../../../content/sentinel/azuredeploy.json?url';
import type { FormValues } from '../form/form-values.ts';
import { Icon } from '../shell/icon.tsx';
import { TemplateActs } from './template-acts.tsx';

/** What the schema cannot say: what to do in the SIEM, and where each value stands there. */
export interface Guide {
  readonly type: string;
  readonly title: string;
  /** For whom this type is. */
  readonly lead: string;
  readonly steps: ReactNode;
  /** By pointer below `config` or `credentials`. */
  readonly hints: Readonly<Record<string, ReactNode>>;
  readonly placeholders: Readonly<Record<string, string>>;
  /** Credentials without which it cannot send, under these settings. */
  readonly wanted: (config: FormValues) => readonly string[];
  /** Settings that most people leave alone stay folded away. */
  readonly main: readonly string[];
}

/** A page of the vendor; it learns nothing of where the reader comes from. */
function Vendor({ href, children }: { href: string; children: ReactNode }): ReactNode {
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children} <Icon name="external" />
    </a>
  );
}

const SPLUNK: Guide = {
  type: 'splunk_hec',
  title: 'Splunk',
  lead: 'Splunk Enterprise or Splunk Cloud, by the HTTP Event Collector (HEC).',
  main: ['/url', '/index', '/indexer_acknowledgement'],
  wanted: () => ['/token'],
  placeholders: {
    '/url': 'https://splunk.example.com:8088',
    '/index': 'aegis',
    '/token': '12345678-1234-1234-1234-1234567890ab',
  },
  steps: (
    <ol>
      <li>
        Make an index for the events, <code>aegis</code> say.
      </li>
      <li>
        <strong>Settings › Data inputs › HTTP Event Collector</strong>: enable it under{' '}
        <strong>Global Settings</strong>, then <strong>New Token</strong>. Let it write to that index, and
        leave its source type alone.
      </li>
      <li>
        Copy the token value, and note the port of the collector (8088 unless changed; 443 on Splunk Cloud).{' '}
        <Vendor href="https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector">
          Splunk on HEC
        </Vendor>
      </li>
    </ol>
  ),
  hints: {
    '/url': (
      <p>
        Splunk Cloud: <code>https://http-inputs-NAME.splunkcloud.com:443</code>. A collector in your own
        network must be allowed by the operator of this service (<code>AEGIS_SIEM_EGRESS_ALLOW</code>).
      </p>
    ),
    '/token': (
      <p>
        <strong>Settings › Data inputs › HTTP Event Collector</strong>, column <em>Token Value</em>.
      </p>
    ),
    '/indexer_acknowledgement': (
      <p>On for the token and here, or for neither. It makes each batch some seconds slower to confirm.</p>
    ),
    '/client_key_pem': <p>Only together with a client certificate above.</p>,
  },
};

/** What each way to sign in needs; `client_secret` is the default. */
const SENTINEL_CREDENTIALS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['certificate', ['/certificate_pem', '/private_key_pem']],
  ['workload_identity', []],
  ['managed_identity', []],
]);

const SENTINEL: Guide = {
  type: 'sentinel_logs_ingestion',
  title: 'Microsoft Sentinel',
  lead: 'By the Logs Ingestion API, into a table of your Log Analytics workspace.',
  main: ['/endpoint', '/dcr_immutable_id', '/tenant_id', '/client_id', '/auth'],
  wanted: (config) => SENTINEL_CREDENTIALS.get(config['/auth']) ?? ['/client_secret'],
  placeholders: {
    '/endpoint': 'https://NAME.REGION-1.ingest.monitor.azure.com',
    '/dcr_immutable_id': 'dcr-00112233445566778899aabbccddeeff',
  },
  steps: (
    <ol>
      <li>
        <strong>Entra ID › App registrations › New registration.</strong> Note the{' '}
        <em>Application (client) ID</em> and the <em>Directory (tenant) ID</em>; under{' '}
        <strong>Certificates &amp; secrets</strong> make a client secret and copy its <em>value</em>.
      </li>
      <li>
        Deploy the template into the resource group of the workspace: it makes the table{' '}
        <code>AegisOcsf_CL</code>, the data collection rule, and the role{' '}
        <em>Monitoring Metrics Publisher</em> for the application. <TemplateActs url={templateUrl} />
      </li>
      <li>
        Its outputs are the values below.{' '}
        <Vendor href="https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview">
          Microsoft on the API
        </Vendor>
      </li>
    </ol>
  ),
  hints: {
    '/endpoint': (
      <p>
        Output <code>endpoint</code>, or on the page of the data collection rule:{' '}
        <strong>JSON View › logsIngestion</strong>.
      </p>
    ),
    '/dcr_immutable_id': (
      <p>
        Output <code>dcr_immutable_id</code>, or <strong>JSON View › immutableId</strong> of the rule. Not its
        name.
      </p>
    ),
    '/tenant_id': <p>Overview of the app registration.</p>,
    '/client_id': <p>Overview of the app registration.</p>,
    '/auth': (
      <p>
        The two identities without a secret need <code>AEGIS_SIEM_AMBIENT_IDENTITY=on</code> on this service.
      </p>
    ),
    '/client_secret': (
      <p>The value of the secret, shown once when it is made; not its id. Note when it expires.</p>
    ),
  },
};

const SENTINEL_LEGACY: Guide = {
  type: 'sentinel_data_collector',
  title: 'Microsoft Sentinel, legacy API',
  lead: 'By the HTTP Data Collector API, which Microsoft no longer supports. Only where the other cannot be used yet.',
  main: ['/workspace_id', '/log_type'],
  wanted: () => ['/shared_key'],
  placeholders: { '/workspace_id': '00000000-0000-0000-0000-000000000000' },
  steps: (
    <ol>
      <li>
        <strong>Log Analytics workspace › Settings › Agents › Log Analytics agent instructions</strong> shows
        the workspace ID and its keys.
      </li>
      <li>
        Microsoft ended the support of this API on 14 September 2026. If it stops answering, events are held
        here, not lost.
      </li>
    </ol>
  ),
  hints: {
    '/workspace_id': <p>On the overview of the Log Analytics workspace.</p>,
    '/shared_key': <p>The primary or the secondary key of the workspace; it may write everything there.</p>,
  },
};

export const GUIDES: readonly Guide[] = [SPLUNK, SENTINEL, SENTINEL_LEGACY];
