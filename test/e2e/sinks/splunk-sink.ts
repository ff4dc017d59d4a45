import { type FakeSplunk, type FakeSplunkOptions, startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import type { Sink } from './sink.ts';

export interface SplunkSink extends Sink {
  readonly splunk: FakeSplunk;
}

export async function startSplunkSink(options: FakeSplunkOptions = {}): Promise<SplunkSink> {
  const splunk = await startFakeSplunk(options);
  return {
    type: 'splunk_hec',
    splunk,
    port: Number(new URL(splunk.url).port),
    config: (reach) => ({ url: reach(splunk.url), index: 'aegis' }),
    credentials: { token: splunk.token },
    arrivals: () => splunk.events().map(({ event }) => event),
    requests: () => splunk.requests().length,
    [Symbol.asyncDispose]: () => splunk.close(),
  };
}
