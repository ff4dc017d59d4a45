import type { TlsSettings } from '../../egress/egress.ts';
import type { Credentials } from '../connector.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { EntraSignIn } from '../entra/entra-sign-in.ts';
import { tlsSettings } from '../tls/tls-config.ts';
import type { SentinelLogsIngestionConfig } from './config.ts';
import { checkSentinelLogsIngestionCredentials } from './credentials.ts';

/** What the machine itself offers. Environment variables by name. */
export type AmbientVariables = Readonly<Record<string, string | undefined>>;

export type SignInChoice =
  | { readonly ok: true; readonly signIn: EntraSignIn }
  | { readonly ok: false; readonly reason: string; readonly advice: string };

/** The sign-in of a destination, or why it cannot sign in. Pure. */
export function signInOf(
  config: SentinelLogsIngestionConfig,
  credentials: Credentials,
  ambient: { readonly allowed: boolean; readonly variables: AmbientVariables },
): SignInChoice {
  try {
    checkSentinelLogsIngestionCredentials(config.auth, credentials);
  } catch (error) {
    if (!(error instanceof ConnectorConfigError)) throw error;
    return refused(
      'credentials_unusable',
      `The credential ${error.pointer.slice(1)} cannot be used. ${error.message}`,
    );
  }
  const { authority, scope, auth } = config;
  const tls = tlsSettings(config.tls, credentials);
  const application = {
    authority,
    scope,
    tenantId: config.tenantId ?? '',
    clientId: config.clientId ?? '',
    ...(tls === undefined ? {} : { tls }),
  };
  switch (auth) {
    case 'client_secret': {
      const clientSecret = credentials['client_secret'] ?? '';
      return { ok: true, signIn: { kind: auth, ...application, clientSecret } };
    }
    case 'certificate': {
      const certificatePem = credentials['certificate_pem'] ?? '';
      const privateKeyPem = credentials['private_key_pem'] ?? '';
      return { ok: true, signIn: { kind: auth, ...application, certificatePem, privateKeyPem } };
    }
    case 'workload_identity':
      return ambient.allowed ? workloadIdentity(config, tls, ambient.variables) : ambientOff();
    case 'managed_identity':
      return ambient.allowed ? managedIdentity(config, ambient.variables) : ambientOff();
    default:
      return auth satisfies never;
  }
}

/** https://learn.microsoft.com/azure/aks/workload-identity-overview */
function workloadIdentity(
  config: SentinelLogsIngestionConfig,
  tls: TlsSettings | undefined,
  variables: AmbientVariables,
): SignInChoice {
  const tenantId = config.tenantId ?? variables['AZURE_TENANT_ID'] ?? '';
  const clientId = config.clientId ?? variables['AZURE_CLIENT_ID'] ?? '';
  const assertionFile = variables['AZURE_FEDERATED_TOKEN_FILE'] ?? '';
  if (tenantId === '' || clientId === '' || assertionFile === '') {
    return refused(
      'workload_identity_missing',
      'The workload identity is not set up: the platform must set AZURE_FEDERATED_TOKEN_FILE, and AZURE_TENANT_ID and AZURE_CLIENT_ID unless the destination has tenant_id and client_id.',
    );
  }
  const { authority, scope } = config;
  return {
    ok: true,
    signIn: {
      kind: 'workload_identity',
      authority,
      scope,
      tenantId,
      clientId,
      assertionFile,
      ...(tls === undefined ? {} : { tls }),
    },
  };
}

/** App Service and its like set two variables; where they are not set, the metadata service of the machine is asked. */
function managedIdentity(config: SentinelLogsIngestionConfig, variables: AmbientVariables): SignInChoice {
  const client = config.clientId === undefined ? {} : { clientId: config.clientId };
  const endpoint = variables['IDENTITY_ENDPOINT'] ?? '';
  const header = variables['IDENTITY_HEADER'] ?? '';
  const signIn = { kind: 'managed_identity', scope: config.scope, ...client } as const;
  if (endpoint === '' || header === '') return { ok: true, signIn };
  const url = URL.parse(endpoint);
  if (url === null) {
    return refused('managed_identity_missing', 'IDENTITY_ENDPOINT in the environment is not a URL.');
  }
  return { ok: true, signIn: { ...signIn, appService: { endpoint: url, header } } };
}

function ambientOff(): SignInChoice {
  return refused(
    'ambient_identity_off',
    'Signing in as this machine is off. The operator of the service must set AEGIS_SIEM_AMBIENT_IDENTITY=on, or the destination must use client_secret or certificate.',
  );
}

function refused(reason: string, advice: string): SignInChoice {
  return { ok: false, reason, advice };
}
