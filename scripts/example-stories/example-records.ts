import { createHash } from 'node:crypto';
import { pick, seededRandom, uuidAt } from '../../test/support/seeded-random.ts';
import { crmAssistant } from './crm-assistant.ts';
import { dataAnalyst } from './data-analyst.ts';
import { deployHelper } from './deploy-helper.ts';
import { exampleSignature } from './example-signature.ts';
import { invoiceBot } from './invoice-bot.ts';
import type { Incident, Story, ToolCall } from './story.ts';
import { supportAgent } from './support-agent.ts';

const STORIES = [invoiceBot, crmAssistant, deployHelper, dataAnalyst, supportAgent] as const;
const SEED = 20_261_118;
const RECORDS = 300;
const WORKSPACE = 'ws-finance';
const POLICY_VERSION = '2026-11-01';
const FIRST_MS = Date.UTC(2026, 10, 18, 7, 0, 0);
const LAST_MS = Date.UTC(2026, 10, 20, 18, 0, 0);
/** A delegation is as old as this when it is used. */
const DELEGATION_AGE_MS = 3 * 3_600_000;

/** A record as it would leave `evaluate()`. */
export type ExampleRecord = Readonly<Record<string, unknown>> & {
  readonly attestation_id: string;
  readonly timestamp: string;
  readonly verdict: string;
};

interface At {
  readonly story: Story;
  readonly timeMs: number;
  readonly session: string;
  readonly random: () => number;
}

/**
 * Three days of five agents in order of time: what each does all day, and between it the incidents of the stories. The same
 * at each call.
 */
export function exampleRecords(): readonly ExampleRecord[] {
  const random = seededRandom(SEED);
  const incidents = STORIES.flatMap((story) =>
    story.incidents.flatMap((incident) => incidentRecords(story, incident, random)),
  );
  const routine = Array.from({ length: RECORDS - incidents.length }, () => {
    const story = pick(STORIES, random);
    const timeMs = FIRST_MS + Math.floor(random() * (LAST_MS - FIRST_MS));
    return callRecord(pick(story.routine, random), { story, timeMs, session: sessionName(random), random });
  });
  return [...incidents, ...routine].sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}

function incidentRecords(story: Story, incident: Incident, random: () => number): ExampleRecord[] {
  const session = sessionName(random);
  const records: ExampleRecord[] = [];
  let timeMs = Date.parse(incident.startsAt) + Math.floor(random() * 1000);
  for (const step of incident.steps) {
    timeMs += step.afterSeconds * 1000 + Math.floor(random() * 700);
    const at = { story, timeMs, session, random };
    if (!('decided' in step)) {
      records.push(callRecord(step, at));
      continue;
    }
    const escalation = records.findLast(({ verdict }) => verdict === 'escalate');
    if (escalation === undefined) throw new Error('a decision needs an escalation before it');
    const { decided: decision, by, reason } = step;
    records.push(
      signed(at, {
        ...head(at, 'escalate', escalation['tool_name']),
        resolves: escalation.attestation_id,
        resolution: {
          decision,
          ...(by === undefined ? {} : { by }),
          at: new Date(timeMs).toISOString(),
          reason,
        },
        policy_version: POLICY_VERSION,
      }),
    );
  }
  return records;
}

function callRecord(call: ToolCall, at: At): ExampleRecord {
  const { random, timeMs } = at;
  const verdict = call.verdict ?? 'allow';
  const started = head(at, verdict, call.tool);
  const digest = (what: string) => sha256(`${what} of ${started.attestation_id}`);
  return signed(at, {
    ...started,
    agent: at.story.agent,
    action_type: call.action,
    trace_id: digest('trace').slice(0, 32),
    span_id: digest('span').slice(0, 16),
    payload_hash: digest('payload'),
    impact: {
      severity: call.severity,
      hash: digest('impact'),
      entities: call.entities,
      ...(call.rollbackPlan === undefined ? {} : { rollback_plan: call.rollbackPlan }),
    },
    constraints: call.constraints,
    ...(call.rewrites === undefined ? {} : { rewrites: call.rewrites }),
    ...(call.evidence === undefined ? {} : { evidence_class: call.evidence }),
    ...(call.confidence === undefined ? {} : { confidence: call.confidence }),
    ...(call.onBehalfOf === undefined ? {} : { delegation: delegation(call.onBehalfOf, timeMs) }),
    policy_version: POLICY_VERSION,
    latency_ms: Math.round(5 + random() ** 4 * 400) / 10,
    ...call.extra,
  });
}

function head({ story, timeMs, session, random }: At, verdict: string, tool: unknown): ExampleRecord {
  return {
    schema_version: 1,
    attestation_id: uuidAt(timeMs, random),
    workspace_id: WORKSPACE,
    timestamp: new Date(timeMs).toISOString(),
    verdict,
    tool_name: tool,
    agent_id: story.agentId,
    session_id: session,
  };
}

function delegation(delegator: string, timeMs: number): object {
  return {
    id: `dlg-${sha256(delegator).slice(0, 8)}`,
    issuer: 'aegis',
    delegator_id: delegator,
    created_at: new Date(timeMs - DELEGATION_AGE_MS).toISOString(),
  };
}

function signed({ story }: At, record: ExampleRecord): ExampleRecord {
  return { ...record, signature: exampleSignature(record, story.keyId) };
}

function sessionName(random: () => number): string {
  return `sess-${Math.floor(random() * 36 ** 6)
    .toString(36)
    .padStart(6, '0')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
