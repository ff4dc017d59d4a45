import { checkIssuer } from './setting-checks.ts';
import type { Setting } from './setting.ts';

/** How people sign in, and for how long. */
export const SIGN_IN_SETTINGS = {
  sessionIdleMinutes: {
    kind: 'integer',
    name: 'AEGIS_SIEM_SESSION_IDLE_MINUTES',
    default: 60,
    min: 1,
    max: 1_440,
    unit: 'minutes',
    description: 'A signed-in browser that asks for nothing is signed out after this time.',
  },
  sessionHours: {
    kind: 'integer',
    name: 'AEGIS_SIEM_SESSION_HOURS',
    default: 12,
    min: 1,
    max: 168,
    unit: 'hours',
    description: 'A signed-in browser is signed out after this time, however much it is used.',
  },
  oidcIssuer: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_ISSUER',
    default: '',
    description:
      'Identity provider that people sign in with (OpenID Connect), exactly as it says its `iss`. Register AEGIS_SIEM_PUBLIC_URL with /v1/session/oidc/callback there as the redirect address.',
    check: checkIssuer,
  },
  oidcClientId: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_CLIENT_ID',
    default: '',
    description: 'The id under which this service is registered at the identity provider.',
  },
  oidcClientSecretFile: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_CLIENT_SECRET_FILE',
    default: '',
    description: 'File with the client secret. None: a public client, held by PKCE alone.',
  },
  oidcAudience: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_AUDIENCE',
    default: '',
    description:
      'Audience of access tokens that the API takes as `Authorization: Bearer`. None: it takes API keys only.',
  },
  oidcGrants: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_GRANTS',
    default: '',
    description:
      'Who may do what, as JSON: [{"claim": "groups", "value": "soc", "scopes": ["destinations:read"], "workspace_id": "ws-1"}]. The first that fits counts; whom none fits gets no access.',
  },
} as const satisfies Record<string, Setting>;
