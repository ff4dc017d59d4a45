import type { TortureStore, TortureWorld } from './torture-world.ts';

/** What one round breaks. */
export interface Strike {
  readonly name: string;
  /** Kills of our own processes in it; 0 where they are asked to stop. */
  readonly kills: number;
  /** Times that requests on their way may have been cut off from their answers, by destination: a stop cuts none off. */
  readonly interruptions: number;
  /** Breaks something and puts it back. `momentMs`: a random time, for strikes with two steps. */
  readonly carryOut: (world: TortureWorld, momentMs: number) => Promise<void>;
}

const killService: Strike = {
  name: 'service killed',
  kills: 1,
  interruptions: 1,
  carryOut: async (world) => {
    await world.killService();
    world.startService();
  },
};

const killServiceAtStart: Strike = {
  name: 'service killed, and again while it starts',
  kills: 2,
  interruptions: 2,
  carryOut: async (world, momentMs) => {
    await world.killService();
    world.startService();
    await pause(momentMs);
    await world.killService();
    world.startService();
  },
};

const killWorker: Strike = {
  name: 'worker killed',
  kills: 1,
  interruptions: 1,
  carryOut: async (world) => {
    await world.killWorker();
    world.startWorker();
  },
};

const killBoth: Strike = {
  name: 'service and worker killed',
  kills: 2,
  interruptions: 2,
  carryOut: async (world) => {
    await Promise.all([world.killService(), world.killWorker()]);
    world.startService();
    world.startWorker();
  },
};

const terminateSessions: Strike = {
  name: 'sessions of the database terminated',
  kills: 0,
  interruptions: 1,
  carryOut: async (world) => {
    await world.terminateSessions();
  },
};

const crashServer: Strike = {
  name: 'database stopped at once and started',
  kills: 0,
  interruptions: 1,
  carryOut: async ({ server }, momentMs) => {
    await server?.crash();
    await pause(momentMs);
    await server?.startAgain();
  },
};

const crashServerAndService: Strike = {
  name: 'database stopped at once and service killed',
  kills: 1,
  interruptions: 1,
  carryOut: async (world) => {
    await Promise.all([world.server?.crash(), world.killService()]);
    await world.server?.startAgain();
    world.startService();
  },
};

const stopService: Strike = {
  name: 'service stopped',
  kills: 0,
  interruptions: 0,
  carryOut: async (world) => {
    await world.stopService();
    world.startService();
  },
};

const stopWorker: Strike = {
  name: 'worker stopped',
  kills: 0,
  interruptions: 0,
  carryOut: async (world) => {
    await world.stopWorker();
    world.startWorker();
  },
};

const stopBoth: Strike = {
  name: 'service and worker stopped',
  kills: 0,
  interruptions: 0,
  carryOut: async (world) => {
    await Promise.all([world.stopService(), world.stopWorker()]);
    world.startService();
    world.startWorker();
  },
};

/** `faults`: what nobody asked for. `stops`: SIGTERM, as at each update, which may double nothing. */
export type StrikeKind = 'faults' | 'stops';

/** What can be broken around each store; a round takes one of them by chance. */
const FAULTS: Readonly<Record<TortureStore, readonly Strike[]>> = {
  sqlite: [killService, killService, killServiceAtStart],
  postgres: [
    killService,
    killService,
    killServiceAtStart,
    killWorker,
    killBoth,
    terminateSessions,
    crashServer,
    crashServerAndService,
  ],
};

const STOPS: Readonly<Record<TortureStore, readonly Strike[]>> = {
  sqlite: [stopService],
  postgres: [stopService, stopWorker, stopBoth],
};

export const STRIKES: Readonly<Record<StrikeKind, Readonly<Record<TortureStore, readonly Strike[]>>>> = {
  faults: FAULTS,
  stops: STOPS,
};

/** A moment in time, not a wait for something: how far the other process has come by then is the point of it. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => void setTimeout(resolve, ms));
}
