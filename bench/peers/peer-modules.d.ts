// What the benchmarks use of each peer. Written out here so that the project type-checks without the peers installed.

declare module 'pg-boss' {
  export class PgBoss {
    constructor(connectionString: string);
    on(event: 'error', listener: (error: Error) => void): this;
    start(): Promise<this>;
    createQueue(name: string): Promise<void>;
    insert(name: string, jobs: readonly { readonly data: object }[]): Promise<unknown>;
    work(
      name: string,
      options: {
        readonly batchSize: number;
        readonly localConcurrency: number;
        readonly pollingIntervalSeconds: number;
        readonly burstWhenBatchFull: boolean;
      },
      handler: (jobs: readonly { readonly data: unknown }[]) => Promise<void>,
    ): Promise<string>;
    stop(options: { readonly graceful: boolean; readonly timeout: number }): Promise<void>;
  }
}

declare module 'graphile-worker' {
  export interface WorkerUtils {
    migrate(): Promise<void>;
    addJobs(jobs: readonly { readonly identifier: string; readonly payload: unknown }[]): Promise<unknown>;
    release(): Promise<void>;
  }

  export interface Runner {
    stop(): Promise<void>;
  }

  export interface Logger {
    info(message: string): void;
  }

  export const Logger: new (factory: () => (level: string, message: string) => void) => Logger;

  export function makeWorkerUtils(options: {
    readonly connectionString: string;
    readonly logger: Logger;
  }): Promise<WorkerUtils>;

  export function run(options: {
    readonly connectionString: string;
    readonly concurrency: number;
    readonly noHandleSignals: boolean;
    readonly logger: Logger;
    readonly preset: {
      readonly worker: {
        readonly completeJobBatchDelay: number;
        readonly localQueue: { readonly size: number };
      };
    };
    readonly taskList: Readonly<Record<string, (payload: unknown) => Promise<void>>>;
  }): Promise<Runner>;
}

declare module 'splunk-logging' {
  export interface SplunkLogger {
    requestOptions: object;
    eventFormatter: (message: unknown) => unknown;
    error: (error: Error) => void;
    send(context: { readonly message: unknown }, callback: (error: Error | null) => void): void;
    flush(callback: (error: Error | null) => void): void;
  }

  const splunk: {
    readonly Logger: new (config: {
      readonly token: string;
      readonly url: string;
      readonly maxBatchCount: number;
      readonly maxBatchSize: number;
    }) => SplunkLogger;
  };
  export default splunk;
}
