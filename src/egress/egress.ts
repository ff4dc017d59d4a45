import type { EgressCode } from './egress-code.ts';

/** The port through which every outbound call goes. One exchange, one deadline, capped replies, no redirects. */
export interface Egress {
  /** Never rejects: whatever happens is in the result. */
  request(request: EgressRequest): Promise<EgressResult>;
  /** Ends idle connections, of one destination or of all. */
  close(): Promise<void>;
}

export interface EgressRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** One bound over the whole exchange: look-up, connect, TLS, send, full reply. */
  readonly timeoutMs: number;
  /** The reply body is cut here; the connection is then not used again. */
  readonly maxResponseBytes: number;
  readonly tls?: TlsSettings;
  readonly signal?: AbortSignal;
  /** The cloud metadata address for a managed-identity token call: allowed by code only, never by a list. */
  readonly purpose?: 'managed_identity_token';
}

export interface TlsSettings {
  /** Trusted in place of the system's list. */
  readonly caPem?: string;
  readonly clientCertPem?: string;
  readonly clientKeyPem?: string;
}

export type EgressResult = EgressResponse | EgressFailure;

export interface EgressResponse {
  readonly kind: 'response';
  readonly status: number;
  /** Lower-case names; repeated headers joined by `, ` except `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly body: Uint8Array;
  /** The body was longer than `maxResponseBytes`, or the connection ended before its end. */
  readonly bodyCut: boolean;
  readonly durationMs: number;
}

/** Where an exchange failed. `blocked` is the address guard: nothing was dialled. */
export type EgressPhase = 'blocked' | 'dns' | 'connect' | 'tls' | 'send' | 'response' | 'aborted';

export interface EgressFailure {
  readonly kind: 'failure';
  readonly phase: EgressPhase;
  /** A stable word: `address_loopback`, `certificate_expired`, `timeout`, `reset`, `name_not_found`, ... */
  readonly code: EgressCode;
  /** A sentence without secrets and without the reply. */
  readonly message: string;
  /** The whole request may have reached the other side: a repeat may be a duplicate. */
  readonly requestSent: boolean;
  readonly durationMs: number;
}
