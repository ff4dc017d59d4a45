import type { FastifyBaseLogger } from 'fastify';
import type { PreviewingConnector } from '../connectors/connector.ts';
import type { Destination } from '../outbox/destination.ts';
import type { DecisionKey } from '../proof/decision-signature.ts';
import type { Sealer } from '../secrets/sealer.ts';
import type { RequestScope } from '../store/request-scope.ts';
import type { Store } from '../store/store.ts';
import type { ApiMetrics } from './api-metrics.ts';
import type { Admission } from './admission.ts';
import type { ConsoleFiles } from './console-files.ts';
import type { RecordQueue } from './record-queue.ts';
import type { RequestObserver } from './request-observer.ts';
import type { OidcClient, OidcFlow } from './sign-in/oidc/oidc-flow.ts';
import type { SessionKeeper, SessionTimes } from './sign-in/session-keeper.ts';
import type { SignInLimit } from './sign-in/sign-in-limit.ts';

/** What the API is made of. Everything that touches the world comes in here. */
export interface ApiParts {
  readonly store: Pick<
    Store,
    'record' | 'admin' | 'sessions' | 'deliveries' | 'delivery' | 'history' | 'replays' | 'proof' | 'ping'
  >;
  /** What the database's row security is told of each request. */
  readonly requestScope: RequestScope;
  readonly sealer: Sealer;
  /** A few digits by which a person recognises a credential; no way back to it. */
  readonly fingerprint: (secret: string) => string;
  /** Which addresses a destination may name. */
  readonly policy: AddressChecker;
  /** Makes the sender that a connection test or preview uses: the same as delivery. */
  readonly connect: (destination: Destination, hecChannel: string) => PreviewingConnector;
  readonly clock: { nowMs(): number };
  readonly random: { uuid(): string; bytes(count: number): Uint8Array };
  readonly logger: FastifyBaseLogger;
  readonly limits: ApiLimits;
  /** Tells the lanes that rows or settings changed. */
  readonly wake: () => void;
  /** Why the service is not ready, or undefined. Asked by `/readyz`, besides the store. */
  readonly notReady: () => string | undefined;
  readonly metrics: ApiMetrics;
  /** Told of each answered request of a known caller. */
  readonly requests?: RequestObserver | undefined;
  readonly version: string;
  readonly ambientIdentity: boolean;
  /** The built console; absent where it has not been built. */
  readonly console?: ConsoleFiles | undefined;
  readonly signIn: SignInSettings;
  /** Pinned keys of those who sign decisions; none: signatures are shown as they are claimed. */
  readonly decisionKeys?: readonly DecisionKey[];
  /** The identity provider that people sign in with; absent: with keys only. */
  readonly oidcClient?: OidcClient | undefined;
}

/** How people sign in with a browser. */
export interface SignInSettings extends SessionTimes {
  /** Where browsers reach the service; absent: at its own address, on the same machine. */
  readonly publicUrl?: string;
}

/** The question that is asked of the address policy when a destination is configured. */
export interface AddressChecker {
  checkUrl(
    url: string,
  ): { readonly ok: true } | { readonly ok: false; readonly verdict: string; readonly message: string };
  /** Whether the operator's list names the literal address of this URL. */
  listAllows(url: URL): boolean;
}

export interface ApiLimits {
  /** Body of a request that records. */
  readonly maxBodyBytes: number;
  readonly maxBatchItems: number;
  readonly maxRequestsInFlight: number;
  readonly maxBytesInFlight: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** Of one key; 0 is no limit. */
  readonly requestsPerSecond: number;
  /** Of one key at once, after a pause. */
  readonly requestsBurst: number;
}

/** What the routes share: the parts, and what `buildApi` makes of them. */
export interface RouteParts extends ApiParts {
  readonly admission: Admission;
  readonly records: RecordQueue;
  readonly sessions: SessionKeeper;
  readonly signInLimit: SignInLimit;
  readonly oidc: OidcFlow | undefined;
}

/** Body of a request that configures. */
export const MAX_SETTINGS_BYTES = 256 * 1024;
