import { readFileSync } from 'node:fs';
import type { Egress } from './egress/egress.ts';
import type { OidcClient } from './api/sign-in/oidc/oidc-flow.ts';
import { parseOidcGrants, type OidcGrant } from './api/sign-in/oidc/oidc-grants.ts';
import { OidcProvider } from './api/sign-in/oidc/oidc-provider.ts';
import type { Settings } from './settings/settings-schema.ts';
import { StartError } from './start-error.ts';

interface OidcParts {
  readonly egress: Egress;
  readonly nowMs: () => number;
  readonly logger: { warn(fields: object, message: string): void };
}

/** The identity provider of the settings; undefined where none is set up. Throws `StartError` for a set-up that is not whole. */
export function oidcClient(
  settings: Pick<
    Settings,
    'oidcIssuer' | 'oidcClientId' | 'oidcClientSecretFile' | 'oidcAudience' | 'oidcGrants'
  >,
  parts: OidcParts,
): OidcClient | undefined {
  const { oidcIssuer, oidcClientId, oidcClientSecretFile, oidcAudience, oidcGrants } = settings;
  if (oidcIssuer === '') return undefined;
  if (oidcClientId === '') throw bad('AEGIS_SIEM_OIDC_CLIENT_ID', 'is needed with AEGIS_SIEM_OIDC_ISSUER');
  if (oidcGrants === '') throw bad('AEGIS_SIEM_OIDC_GRANTS', 'is needed: without it nobody has access');
  if (oidcAudience === oidcClientId) {
    throw bad(
      'AEGIS_SIEM_OIDC_AUDIENCE',
      'must differ from the client id: an ID token is no pass to the API',
    );
  }
  return {
    provider: new OidcProvider({ issuer: oidcIssuer, ...parts }),
    clientId: oidcClientId,
    grants: grantsOf(oidcGrants),
    ...(oidcAudience === '' ? {} : { audience: oidcAudience }),
    ...(oidcClientSecretFile === '' ? {} : { clientSecret: secretOf(oidcClientSecretFile) }),
  };
}

function grantsOf(text: string): readonly OidcGrant[] {
  try {
    return parseOidcGrants(text);
  } catch (error) {
    throw bad('AEGIS_SIEM_OIDC_GRANTS', error instanceof Error ? error.message : String(error));
  }
}

function secretOf(file: string): string {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret !== '') return secret;
  } catch {
    throw bad('AEGIS_SIEM_OIDC_CLIENT_SECRET_FILE', `${file} cannot be read`);
  }
  throw bad('AEGIS_SIEM_OIDC_CLIENT_SECRET_FILE', `${file} is empty`);
}

function bad(setting: string, why: string): StartError {
  return new StartError('oidc_unusable', `${setting}: ${why}`);
}
