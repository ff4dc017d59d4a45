/** What an error number of Entra ID means for the operator. */
export interface EntraAdvice {
  /** Stable word of ours. */
  readonly reason: string;
  /** Who must change what. */
  readonly advice: string;
}

const SECRET_EXPIRED: EntraAdvice = {
  reason: 'client_secret_expired',
  advice:
    'The client secret has expired. An administrator of the app registration must make a new one (Certificates & secrets); then set client_secret of this destination to its value.',
};
const SECRET_WRONG: EntraAdvice = {
  reason: 'client_secret_wrong',
  advice:
    "The client secret is wrong. Set client_secret to the secret's value, which is shown once when it is made, and not to its id.",
};
const APP_UNKNOWN: EntraAdvice = {
  reason: 'application_unknown',
  advice:
    'The application is not in this tenant. Check client_id (the application id of the app registration) and tenant_id; an application of another tenant needs the consent of an administrator.',
};
const APP_DISABLED: EntraAdvice = {
  reason: 'application_disabled',
  advice:
    'The application is disabled in the tenant. An administrator must enable its enterprise application.',
};
const TENANT_UNKNOWN: EntraAdvice = {
  reason: 'tenant_unknown',
  advice: 'There is no such tenant in this cloud. Check tenant_id and cloud.',
};
const SCOPE_WRONG: EntraAdvice = {
  reason: 'scope_wrong',
  advice:
    'The scope is not known in this cloud. Leave scope and authority_host unset and choose the cloud, so that both are right.',
};
const CERTIFICATE_WRONG: EntraAdvice = {
  reason: 'certificate_wrong',
  advice:
    'The certificate is not one of the app registration, has expired, or the clock of this machine is wrong. Upload the certificate under Certificates & secrets, or set certificate_pem and private_key_pem to a registered pair.',
};
const FEDERATION_WRONG: EntraAdvice = {
  reason: 'federation_wrong',
  advice:
    'No federated credential of the application fits the token of this workload. An administrator of the app registration must check issuer, subject and audience (api://AzureADTokenExchange) of the federated credential.',
};
const POLICY_BLOCKS: EntraAdvice = {
  reason: 'blocked_by_policy',
  advice: 'A conditional access policy of the tenant blocks this sign-in. An administrator must allow it.',
};

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const BY_NUMBER: Readonly<Record<number, EntraAdvice>> = Object.freeze({
  7_000_222: SECRET_EXPIRED,
  7_000_215: SECRET_WRONG,
  7_000_218: {
    reason: 'credential_missing',
    advice: 'The sign-in came without a credential. Set the credentials of this destination again.',
  },
  700_016: APP_UNKNOWN,
  7_000_229: APP_UNKNOWN,
  7_000_112: APP_DISABLED,
  90_002: TENANT_UNKNOWN,
  900_023: TENANT_UNKNOWN,
  90_051: TENANT_UNKNOWN,
  70_011: SCOPE_WRONG,
  500_011: SCOPE_WRONG,
  1_002_012: SCOPE_WRONG,
  700_027: CERTIFICATE_WRONG,
  700_024: {
    reason: 'assertion_outside_its_time',
    advice:
      'The signed assertion is outside of its time. The clock of this machine is probably wrong: correct it.',
  },
  700_213: FEDERATION_WRONG,
  70_021: FEDERATION_WRONG,
  700_211: FEDERATION_WRONG,
  700_212: FEDERATION_WRONG,
  53_003: POLICY_BLOCKS,
  53_011: POLICY_BLOCKS,
});

const UNKNOWN: EntraAdvice = {
  reason: 'sign_in_refused',
  advice:
    'Entra ID refused the sign-in. Check tenant_id, client_id and the credential; an administrator finds the attempt in the sign-in logs (service principal sign-ins) by the trace and correlation ids.',
};

/** `number` is the figure after `AADSTS`; undefined where there was none. */
export function entraAdvice(number: number | undefined): EntraAdvice {
  return (number === undefined ? undefined : BY_NUMBER[number]) ?? UNKNOWN;
}
