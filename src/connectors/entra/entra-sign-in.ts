import { createHash } from 'node:crypto';
import type { TlsSettings } from '../../egress/egress.ts';

/** Who asks for a token, for what, and how it proves itself. Holds opened credentials: never log or keep it. */
export type EntraSignIn =
  | ClientSecretSignIn
  | CertificateSignIn
  | WorkloadIdentitySignIn
  | ManagedIdentitySignIn;

interface Application {
  /** Scheme, host and port of the sign-in service. */
  readonly authority: URL;
  readonly tenantId: string;
  readonly clientId: string;
  readonly scope: string;
  /** What the sign-in service is trusted by, and what is shown to it; a destination's own. */
  readonly tls?: TlsSettings;
}

export interface ClientSecretSignIn extends Application {
  readonly kind: 'client_secret';
  readonly clientSecret: string;
}

export interface CertificateSignIn extends Application {
  readonly kind: 'certificate';
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface WorkloadIdentitySignIn extends Application {
  readonly kind: 'workload_identity';
  /** File that the platform keeps renewing; it is read for each exchange. */
  readonly assertionFile: string;
}

export interface ManagedIdentitySignIn {
  readonly kind: 'managed_identity';
  readonly scope: string;
  /** A user-assigned identity; absent for the machine's own. */
  readonly clientId?: string;
  /** App Service, Functions, Container Apps; absent on a virtual machine. */
  readonly appService?: { readonly endpoint: URL; readonly header: string };
}

/**
 * Two sign-ins share a token only if all of this is the same. The credential belongs to it: without it, a destination that
 * holds a wrong secret could send with the token that another one got with the right secret. What it trusts belongs to it too: a
 * sign-in service that one destination may not trust says so there, whatever another one trusts.
 */
export function tokenKey(signIn: EntraSignIn): string {
  const { kind, scope } = signIn;
  switch (kind) {
    case 'client_secret':
    case 'certificate':
    case 'workload_identity': {
      const { authority, tenantId, clientId } = signIn;
      const { caPem, clientCertPem, clientKeyPem } = signIn.tls ?? {};
      const proof = JSON.stringify([credentialOf(signIn), caPem, clientCertPem, clientKeyPem]);
      const digest = createHash('sha256').update(proof).digest('hex');
      return JSON.stringify([kind, authority.origin, tenantId, clientId, scope, digest]);
    }
    case 'managed_identity':
      return JSON.stringify([kind, signIn.appService?.endpoint.href ?? 'imds', signIn.clientId ?? '', scope]);
    default:
      return kind satisfies never;
  }
}

function credentialOf(signIn: ClientSecretSignIn | CertificateSignIn | WorkloadIdentitySignIn): string {
  switch (signIn.kind) {
    case 'client_secret':
      return signIn.clientSecret;
    case 'certificate':
      return signIn.certificatePem + signIn.privateKeyPem;
    case 'workload_identity':
      return signIn.assertionFile;
    default:
      return signIn satisfies never;
  }
}
