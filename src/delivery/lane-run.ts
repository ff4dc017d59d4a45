import type { Lane as StoredLane, UnheardRequests } from '../outbox/delivery-store.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Destination } from '../outbox/destination.ts';
import type { RenderSettings } from '../ocsf/ocsf-event.ts';
import { RedactionKeyError } from '../ocsf/redaction/redaction-key.ts';
import { AcknowledgementTrust } from './acknowledgement-trust.ts';
import { spreadMs } from './backoff.ts';
import { BatchMemory } from './batch-memory.ts';
import { Bell } from './bell.ts';
import { ChannelRequests } from './channel-requests.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import { ConnectorHolder } from './connector-holder.ts';
import type { DuplicateCause, LaneEvent } from './delivery-observer.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';
import { endPause, gateAtStart, moveGate } from './lane-gate.ts';
import type { LaneGate, SentBy } from './lane-gate.ts';
import { LearnedBodySize } from './learned-body-size.ts';
import { LeaseKeeper } from './lane-lease.ts';
import { LaneReader } from './lane-reader.ts';
import type { ChoiceState } from './lane-window.ts';
import { LaneWindow } from './lane-window.ts';
import type { GateStep } from './next-step.ts';
import type { Rendering, Stream } from './rendering.ts';
import { renderSettings } from './render-settings.ts';
import { NextCredentials } from './next-credentials.ts';
import { NOT_ACKNOWLEDGED_REASON } from './unacknowledged.ts';
import { remainingPauseMs } from './stored-pause.ts';

/** Reason of a destination whose settings no connector can be made from. */
const UNUSABLE_SETTINGS_REASON = 'unusable_settings';

/** What one ownership of a lane knows: shared by its sending, settling and acknowledgement parts. */
export class LaneRun {
  readonly parts: DeliveryParts;
  readonly keeper: LeaseKeeper;
  readonly stream: Stream;
  readonly bell: Bell;
  readonly window = new LaneWindow();
  readonly reader: LaneReader;
  readonly holder: ConnectorHolder;
  readonly nextCredentials: NextCredentials;
  destination: Destination;
  gate: LaneGate;
  nextSeq: number;
  /** Number of the latest send started in this run. */
  latestSendNo = 0;
  /** Number of the latest send after which the destination took something. */
  lastTakenSend = 0;
  readonly bodySize = new LearnedBodySize();
  readonly memory = new BatchMemory();
  readonly acknowledgements: AcknowledgementTrust;
  /** Known anew when the batches of an earlier owner are adopted. */
  channelRequests: ChannelRequests;
  readonly checkpoints: CheckpointKeeper | undefined;
  /** Sends under way, until what follows from them is done. None rejects. */
  readonly sends = new Set<Promise<void>>();
  /** Set when the store and what we hold may differ: the run ends, and the lane is taken anew. */
  fault: unknown;
  /** The grace of a stop is over: nothing is waited for any more. */
  abandoned = false;
  #gateUnsaved = false;
  #savingGate = false;
  /** What events are rendered under, while there is a connector. */
  #ocsf: RenderSettings;

  constructor(lane: StoredLane, destination: Destination, takenAtMs: number, parts: DeliveryParts) {
    const { clock, limits, logger, store } = parts;
    this.parts = parts;
    this.nextCredentials = new NextCredentials(parts);
    this.destination = destination;
    this.#ocsf = destination.ocsf;
    this.keeper = new LeaseKeeper(lane.lease, takenAtMs, parts);
    this.stream = { streamId: lane.streamId, epochNo: lane.epochNo, epoch: lane.epoch };
    this.nextSeq = lane.nextSeq;
    this.bell = new Bell(clock);
    this.reader = new LaneReader(destination.destinationNo, store, clock, limits);
    this.holder = new ConnectorHolder(parts.connect, lane.hecChannel, (error) =>
      logger.warn(
        { destinationId: destination.destinationId, ...errorFields(error) },
        'A connector did not close cleanly',
      ),
    );
    this.channelRequests = new ChannelRequests(lane.unheard, 0, clock.nowMs());
    const { health } = destination;
    const { pausedUntilMs, failureStreak } = lane;
    const remainingMs = remainingPauseMs({ health, pausedUntilMs }, clock.nowMs(), limits);
    this.acknowledgements = new AcknowledgementTrust(
      health.reason === NOT_ACKNOWLEDGED_REASON ? Math.max(1, failureStreak) : 0,
      clock.monotonicMs(),
    );
    this.checkpoints =
      parts.checkpoints === undefined ? undefined : new CheckpointKeeper(this, parts.checkpoints);
    this.gate = gateAtStart(health, failureStreak, remainingMs, clock.monotonicMs());
  }

  get ended(): boolean {
    return this.keeper.lost || this.fault !== undefined;
  }

  get choice(): ChoiceState {
    return {
      probing: this.gate.probing,
      lastTakenSend: this.lastTakenSend,
      monotonicMs: this.parts.clock.monotonicMs(),
    };
  }

  /** Undefined while there is no connector. */
  rendering(): Rendering | undefined {
    const connector = this.holder.current;
    if (connector === undefined) return undefined;
    return {
      stream: this.stream,
      workspaceId: this.destination.workspaceId,
      ocsf: this.#ocsf,
      destinationVersion: this.destination.rowVersion,
      renderer: this.parts.renderer,
      connector,
    };
  }

  /** Takes over new settings: a new connector, and an end to every pause. */
  adopt(destination: Destination): void {
    this.destination = destination;
    this.bodySize.forget();
    this.acknowledgements.reset();
    this.gate = endPause(this.gate, this.latestSendNo, this.parts.clock.monotonicMs());
    // A write of the old pause may be on its way, and may arrive after the change that ended it.
    this.#gateUnsaved = true;
    this.window.forgetAside();
    this.window.forgetEvents();
    this.reader.restart();
    this.connect();
  }

  /** Redactor first, connector second: where either cannot be made nothing is rendered and nothing sent. */
  connect(): void {
    try {
      this.#ocsf = renderSettings(this.destination, this.parts.openRedactionKey);
      this.holder.change(this.destination);
    } catch (error) {
      this.holder.close();
      const { code, error: why } = errorFields(error);
      const isRedaction = error instanceof RedactionKeyError;
      this.moveGate(
        {
          gate: 'waits',
          health: 'held',
          reason: isRedaction ? code : UNUSABLE_SETTINGS_REASON,
          message: isRedaction
            ? `${why} Nothing is sent unredacted. Put the master key back that sealed it and start again, or set redaction_key again with PATCH; nothing is lost.`
            : `The settings of this destination cannot be used: ${why}. Correct them; nothing is lost.`,
          pauseMs: spreadMs(this.parts.limits.holdProbeMs, this.parts.random()),
          streak: this.gate.streak,
          byRefusal: false,
        },
        this.latestSendNo + 1,
      );
    }
  }

  /** `sendNo`: the send that the news comes from, with the connector that made it. */
  moveGate(step: GateStep, sendNo: number, sentBy?: Connector): void {
    const { clock, limits, observer } = this.parts;
    const before = this.gate;
    this.gate = moveGate(before, step, {
      sendNo,
      sentBy: this.#sentBy(sentBy),
      latestSendNo: this.latestSendNo,
      monotonicMs: clock.monotonicMs(),
      nowMs: clock.nowMs(),
      slowDownMs: limits.slowDownMs,
    });
    if (this.gate === before) return;
    const from = before.health;
    const to = this.gate.health;
    if (from === to && before.streak === this.gate.streak) return;
    this.#gateUnsaved = true;
    if (from.state !== to.state || from.reason !== to.reason) {
      const { destinationId, name } = this.destination;
      observer.healthChanged({ destinationId, name, from, to });
    }
  }

  #sentBy(connector: Connector | undefined): SentBy {
    const { current } = this.holder;
    if (connector === undefined || connector === current) return 'present';
    return connector.address === current?.address ? 'former' : 'elsewhere';
  }

  /** Keeps pause, streak, health and what was never heard of. A store that cannot take it now is asked again later; delivery goes on. */
  async saveGate(): Promise<void> {
    // One write at a time: two on their way could arrive in the wrong order.
    if (this.#savingGate) return;
    this.#savingGate = true;
    try {
      while ((this.#gateUnsaved || this.owesUnheard) && !this.keeper.lost && (await this.#saveGateOnce()));
    } finally {
      this.#savingGate = false;
    }
  }

  async #saveGateOnce(): Promise<boolean> {
    this.#gateUnsaved = false;
    const { store, clock, logger } = this.parts;
    const { gate } = this;
    const { unheard } = this.channelRequests;
    const remainingMs = Math.max(0, gate.pausedUntilMs - clock.monotonicMs());
    try {
      const saved = await store.saveLane(this.keeper.lease, {
        pausedUntilMs: remainingMs === 0 ? 0 : Math.ceil(clock.nowMs() + remainingMs),
        failureStreak: gate.streak,
        health: gate.health,
        ...(this.owesUnheard ? { unheard } : {}),
      });
      if (!saved) this.lose();
      else if (this.owesUnheard) this.#keptUnheard(unheard);
      return saved;
    } catch (error) {
      this.#gateUnsaved = true;
      logger.warn(
        { ...this.who, ...errorFields(error) },
        'The state of a lane could not be saved; trying again',
      );
      return false;
    }
  }

  /** A request was never heard of, and the lane does not say so yet: nothing is sent before it does. */
  get owesUnheard(): boolean {
    return this.holder.current?.confirm !== undefined && !this.channelRequests.isKept;
  }

  #keptUnheard(unheard: UnheardRequests): void {
    this.channelRequests.kept(unheard);
    this.bell.ring();
  }

  lose(): void {
    this.keeper.markLost();
    this.bell.ring();
  }

  fail(error: unknown): void {
    this.fault ??= error;
    this.bell.ring();
  }

  get who(): { readonly destinationId: string; readonly destinationNo: number } {
    return { destinationId: this.destination.destinationId, destinationNo: this.destination.destinationNo };
  }

  countDuplicates(cause: DuplicateCause, events: number): void {
    if (events > 0) {
      this.parts.observer.duplicates({ destinationId: this.destination.destinationId, cause, events });
    }
  }

  tell(event: LaneEvent): void {
    this.parts.observer.lane({ destinationId: this.destination.destinationId, event });
  }
}
