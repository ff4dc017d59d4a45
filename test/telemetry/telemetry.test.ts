/** OpenTelemetry through the whole service: a real OTLP receiver, one that hangs, one that is not there, and a real SIEM. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { loadSdk } from '../../src/telemetry/load-sdk.ts';
import { callService } from '../api/call-service.ts';
import { addSplunk, Installation, record, startErrorOf, WORKSPACE } from '../api/installation.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { parseScrape } from '../metrics/scrape.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { attribute, OtlpReceiver } from './otlp-receiver.ts';

const WITHIN_MS = 20_000;
/** Stop of the service with nothing in flight, and the bound of the flush. */
const STOP_WITHIN_MS = 6_000;
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const MISSING_PACKAGE: string = '@opentelemetry/nothing-of-this-name';
const SPAN_ID = '00f067aa0ba902b7';

let splunk: FakeSplunk;
let receiver: OtlpReceiver;
let installation: Installation;
before(async () => {
  splunk = await startFakeSplunk();
  receiver = new OtlpReceiver();
  await receiver.listen();
});
afterEach(() => installation.remove());
after(async () => {
  await receiver.close();
  await splunk.close();
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!holds()) {
    assert.ok(Date.now() < deadline, what);
    await pause(20);
  }
}

test('a request, its batch and each send are spans; the batch is linked to the trace of its attestation and to the request', async () => {
  installation = new Installation();
  const service = await installation.start({ AEGIS_SIEM_OTLP_ENDPOINT: `${receiver.url}/` });
  const key = installation.key();
  const destinationId = await addSplunk(service.url, key, splunk);
  const [text = ''] = generateAttestations({ seed: 11, count: 1, workspaceId: WORKSPACE });
  const attestation = {
    ...(JSON.parse(text) as object),
    trace_id: TRACE_ID,
    span_id: SPAN_ID,
    agent_id: 'canary-agent',
  };
  const taken = splunk.events().length;
  const made = await callService(service.url, key, 'POST', '/v1/attestations', attestation);
  assert.equal(made.status, 201, made.text);
  await until('the event arrives', () => splunk.events().length > taken);
  await until('the batch is finished', () => /"outcome":"delivered"/.test(installation.logs));
  const scraped = await callService(service.url, key, 'GET', '/metrics');
  await service.stop();

  const [request] = receiver.named('POST /v1/attestations');
  const [batch] = receiver.named('aegis_siem.batch');
  const [attempt] = receiver.named('aegis_siem.attempt');
  assert.ok(request && batch && attempt, 'three spans arrived');
  assert.equal(attribute(request, 'http.response.status_code'), 201);
  assert.equal(attribute(request, 'aegis_siem.records.taken'), 1);
  assert.equal(attempt.traceId, batch.traceId);
  assert.equal(attempt.parentSpanId, batch.spanId);
  assert.equal(attribute(attempt, 'aegis_siem.outcome'), 'delivered');
  assert.equal(attribute(attempt, 'http.response.status_code'), 200);
  assert.equal(attribute(batch, 'aegis_siem.destination.id'), destinationId);
  assert.equal(attribute(batch, 'aegis_siem.batch.delivered'), 1);
  assert.equal(attribute(batch, 'aegis_siem.batch.result'), 'finished');
  assert.ok(Number(attribute(batch, 'aegis_siem.batch.bytes')) > 100);
  assert.ok(BigInt(batch.startTimeUnixNano) <= BigInt(attempt.startTimeUnixNano));
  assert.deepEqual(
    batch.links?.map(({ traceId, spanId }) => ({ traceId, spanId })),
    [
      { traceId: TRACE_ID, spanId: SPAN_ID },
      { traceId: request.traceId, spanId: request.spanId },
    ],
  );
  assert.equal(receiver.resourceAttributes.get('service.name')?.stringValue, 'aegis-siem');
  const told = receiver.texts.join('\n');
  assert.ok(!told.includes('canary-agent'), 'nothing of a record is told');
  assert.ok(!told.includes(splunk.token) && !told.includes(key), 'no secret is told');

  // Node's own numbers are there under their names too; what has no sample yet may be in one and not in the other.
  const histograms = new Set(receiver.metrics.flatMap(({ name, histogram }) => (histogram ? [name] : [])));
  const exported = new Set(receiver.metrics.map(({ name }) => name));
  for (const { name } of parseScrape(scraped.text)) {
    const metric = [...histograms].find((one) => name.startsWith(`${one}_`)) ?? name;
    assert.ok(exported.has(metric), `${metric} is exported`);
  }
  const delivered = receiver.metrics.find(({ name }) => name === 'aegis_siem_events_delivered_total');
  assert.equal(delivered?.sum?.isMonotonic, true);
  const [point] = delivered?.sum?.dataPoints ?? [];
  assert.equal(point?.asDouble, 1);
  assert.equal(point && attribute(point, 'destination'), destinationId);
});

test('the span of a request goes below that of its caller', async () => {
  installation = new Installation();
  const service = await installation.start({ AEGIS_SIEM_OTLP_ENDPOINT: receiver.url });
  const [body = ''] = generateAttestations({ seed: 12, count: 1, workspaceId: WORKSPACE });
  const before = receiver.spans.length;
  const request = httpRequest(`${service.url}/v1/attestations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${installation.key()}`,
      'content-type': 'application/json',
      traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`,
    },
  }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 201);
  await once(response.resume(), 'end');
  assert.equal((await callService(service.url, installation.key(), 'GET', '/healthz')).status, 200);
  assert.equal((await callService(service.url, 'no-key', 'GET', '/v1/siem/destinations')).status, 401);
  await service.stop();
  const spans = receiver.spans.slice(before);
  assert.deepEqual(
    spans.map(({ name, traceId, parentSpanId }) => ({ name, traceId, parentSpanId })),
    [{ name: 'POST /v1/attestations', traceId: TRACE_ID, parentSpanId: SPAN_ID }],
    'one span, and none for a probe or a stranger',
  );
});

test('a receiver that is not there costs nothing but its spans: all is delivered, and the log says it once', async () => {
  installation = new Installation();
  const gone = new OtlpReceiver();
  const url = await gone.listen();
  await gone.close();
  const service = await installation.start({ AEGIS_SIEM_OTLP_ENDPOINT: url });
  await addSplunk(service.url, installation.key(), splunk);
  const taken = splunk.events().length;
  await record(service.url, installation.key(), 13, 300);
  await until('everything arrives', () => splunk.events().length === taken + 300);
  const stopping = Date.now();
  await service.stop();
  assert.ok(Date.now() - stopping < STOP_WITHIN_MS, 'the stop is not held up');
  const failures = installation.logs
    .split('\n')
    .filter((line) => line.includes('OpenTelemetry exports fail'));
  const signals = failures.map((line) => (JSON.parse(line) as { signal: string }).signal);
  assert.deepEqual(signals.toSorted(), [...new Set(signals)].toSorted(), 'once for each signal');
  assert.ok(failures.length > 0 || installation.logs.includes('could not be flushed in time'), 'it is said');
});

test('a receiver that never answers does not hold up delivery, and the stop for no longer than its bound', async () => {
  installation = new Installation();
  const deaf = new OtlpReceiver();
  deaf.answer = 'hang';
  await deaf.listen();
  const service = await installation.start({ AEGIS_SIEM_OTLP_ENDPOINT: deaf.url });
  await addSplunk(service.url, installation.key(), splunk);
  const taken = splunk.events().length;
  await record(service.url, installation.key(), 14, 300);
  await until('everything arrives', () => splunk.events().length === taken + 300);
  const stopping = Date.now();
  await service.stop();
  assert.ok(Date.now() - stopping < STOP_WITHIN_MS, 'the stop is not held up');
  assert.ok(deaf.requests > 0, 'it was tried');
  assert.match(installation.logs, /OpenTelemetry could not be flushed in time/);
  await deaf.close();
});

test('without the packages the start is refused, and says what to install', async () => {
  installation = new Installation();
  const missing = () => import(MISSING_PACKAGE);
  const packages = {
    resources: missing,
    traces: missing,
    metrics: missing,
    traceExporter: missing,
    metricExporter: missing,
  };
  await assert.rejects(
    loadSdk({ api: missing, ...packages }),
    startErrorOf(
      'telemetry_unusable',
      /AEGIS_SIEM_OTLP_ENDPOINT: .* not installed; run "npm install @opentelemetry\/api /,
    ),
  );
});

test('an address that is none is refused as a setting', () => {
  installation = new Installation();
  assert.throws(
    () => installation.settings({ AEGIS_SIEM_OTLP_ENDPOINT: 'localhost:4318' }),
    /AEGIS_SIEM_OTLP_ENDPOINT/,
  );
  assert.equal(installation.settings().otlpEndpoint, '', 'off unless set');
});
