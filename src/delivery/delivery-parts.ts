import type { Connector, Credentials } from '../connectors/connector.ts';
import type { Answer } from '../connectors/outcome.ts';
import type { DeliveryStore } from '../outbox/delivery-store.ts';
import type { Destination } from '../outbox/destination.ts';
import type { CheckpointParts } from './checkpoint-keeper.ts';
import type { Clock } from './clock.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { DeliveryObserver } from './delivery-observer.ts';
import type { LimitWatch } from './limit-watch.ts';
import type { OpenRedactionKey } from './render-settings.ts';
import type { Renderer } from './renderer.ts';

export interface DeliveryLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Makes the sender for a destination. `hecChannel` is the lane's own. Throws for settings that it cannot use. */
export type Connect = (destination: Destination, hecChannel: string) => Connector;

/** Opens the credentials of a destination just before a send. Throws an error with a `code` when they cannot be opened. */
export type OpenCredentials = (destination: Destination) => Credentials;

/** As `OpenCredentials`, for those that wait to take the place of the old ones; undefined where none waits. */
export type OpenNextCredentials = (destination: Destination) => Credentials | undefined;

/** Where it is told what came of credentials that wait. May reject: it is asked again after another send. */
export interface CredentialChange {
  /** The destination took an event with them: they take the place of the old ones. */
  taken(destination: Destination): Promise<void>;
  /** The destination refused what it then took with the old ones. */
  refused(destination: Destination, answer: Answer): Promise<void>;
}

/** What the parts of the engine share. */
export interface DeliveryParts {
  readonly store: DeliveryStore;
  readonly connect: Connect;
  readonly openCredentials: OpenCredentials;
  /** Absent: credentials that wait are not tried. */
  readonly openNextCredentials?: OpenNextCredentials;
  readonly credentialChange?: CredentialChange;
  readonly openRedactionKey: OpenRedactionKey;
  readonly renderer: Renderer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: DeliveryLogger;
  readonly observer: Required<DeliveryObserver>;
  /** Names this process as the owner of lanes; unique among those that share the store. */
  readonly owner: string;
  /** True only for an owner that is proved to be gone: its lanes are taken over without waiting for the lease. */
  readonly isOwnerGone: (owner: string) => boolean;
  readonly limits: DeliveryLimits;
  /** Absent: limits of destinations are not held. */
  readonly limitWatch?: Pick<LimitWatch, 'overLimit'>;
  /** Absent: streams have no checkpoints. */
  readonly checkpoints?: CheckpointParts;
}
