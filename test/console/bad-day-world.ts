import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { ConsoleService, WORKSPACE } from './console-service.ts';

/** Splunk's answer to a token that it does not know. */
const INVALID_TOKEN = 4;
/** Delivered while all was well. */
const RECORDS_BEFORE = 400;
/** Recorded when two of the three had stopped taking events. */
const RECORDS_AFTER = 25;

/**
 * A service on a bad day: one Splunk knows the token no more, one is gone, and one is well and gets old records again, one a
 * second, so that whoever looks sees the replay run.
 */
export class BadDayWorld {
  readonly service: ConsoleService;
  readonly viewerKey: string;
  readonly held: string;
  readonly failing: string;
  /** A record that all of them have. */
  readonly attestationId: string;
  readonly #close: () => Promise<void>;

  private constructor(
    parts: Pick<BadDayWorld, 'service' | 'viewerKey' | 'held' | 'failing' | 'attestationId'>,
    close: () => Promise<void>,
  ) {
    this.service = parts.service;
    this.viewerKey = parts.viewerKey;
    this.held = parts.held;
    this.failing = parts.failing;
    this.attestationId = parts.attestationId;
    this.#close = close;
  }

  static async open(): Promise<BadDayWorld> {
    const service = await ConsoleService.start('sqlite');
    const [well, strange, gone] = await Promise.all([
      startFakeSplunk({}),
      startFakeSplunk({}),
      startFakeSplunk({}),
    ]);
    const close = async (): Promise<void> => {
      await service[Symbol.asyncDispose]();
      await Promise.all([well.close(), strange.close(), gone.close()]);
    };
    try {
      const wellId = await service.addSplunk('Splunk production', well);
      const held = await service.addSplunk('Splunk security', strange);
      const failing = await service.addSplunk('Splunk archive', gone);
      const ids = await record(service, 1, RECORDS_BEFORE);
      await service.untilQuiet();
      strange.answerAlways(INVALID_TOKEN);
      await gone.close();
      await record(service, 2, RECORDS_AFTER);
      await untilHealth(service, held, 'held');
      await untilHealth(service, failing, 'failing');
      await service.must('POST', '/v1/siem/replays', {
        destination_id: wellId,
        attestation_ids: ids,
        rate_per_second: 1,
        reason: 'the index was deleted by mistake',
      });
      await service.until('/v1/siem/replays', ({ body }) => (body.items[0]?.progress?.enqueued ?? 0) > 0);
      const viewerKey = await service.makeViewer();
      return new BadDayWorld({ service, viewerKey, held, failing, attestationId: ids[0] ?? '' }, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

async function record(service: ConsoleService, seed: number, count: number): Promise<readonly string[]> {
  const startMs = Date.now() - 3_600_000;
  const texts = [...generateAttestations({ seed, count, workspaceId: WORKSPACE, startMs })];
  const reply = await service.must('POST', '/v1/attestations', texts.join('\n'));
  return reply.body.results.map(({ attestation_id: id }) => id ?? '');
}

function untilHealth(service: ConsoleService, destinationId: string, state: string): Promise<void> {
  return service.until(`/v1/siem/destinations/${destinationId}`, ({ body }) => body.health.state === state);
}
