import { createHash } from 'node:crypto';
import { pick, seededRandom, uuidAt } from './seeded-random.ts';

/** What the generator makes, and from which seed: the same options give the same texts. */
export interface GenerateOptions {
  readonly seed: number;
  readonly count: number;
  readonly workspaceId?: string;
  /** Milliseconds since 1970 of the first decision. */
  readonly startMs?: number;
}

const VERDICTS = [
  ['allow', 70],
  ['deny', 15],
  ['escalate', 8],
  ['rewrite', 7],
] as const;

const AGENTS = [
  {
    id: 'agent-7',
    name: 'invoice-bot',
    framework: 'langgraph',
    server: 'payments',
    tools: ['create_transfer', 'read_balance', 'list_invoices'],
  },
  {
    id: 'agent-12',
    name: 'crm-assistant',
    framework: 'crewai',
    server: 'salesforce',
    tools: ['update_contact', 'delete_contact', 'create_note'],
  },
  {
    id: 'agent-31',
    name: 'deploy-helper',
    framework: 'autogen',
    server: 'kubernetes',
    tools: ['scale_deployment', 'delete_pod', 'read_logs'],
  },
  {
    id: 'agent-44',
    name: 'data-analyst',
    framework: 'custom',
    server: 'warehouse',
    tools: ['run_query', 'export_table', 'read_schema'],
  },
  {
    id: 'agent-58',
    name: 'Unterstützung-日本',
    framework: 'langgraph',
    server: 'helpdesk',
    tools: ['refund_order', 'close_ticket', 'send_reply'],
  },
] as const;

const REASONS = [
  'amount 18200 is over the limit of 10000 for this agent',
  'the tool matches the scope that the steward granted',
  'delete of 250 records is over the limit of 10 a call',
  'the recipient is outside of the company: données personnelles, prüfen 🔎',
  'arguments.email is personal data and was masked before the call',
] as const;

/** One reason in forty quotes the policy at length. */
const LONG_REASON_SHARE = 0.025;
const LONG_REASON =
  'The transfer was held because the policy asks for a second pair of eyes. It reads: "An agent may pay an invoice that a person has approved, up to the limit of the cost centre, to an account that has been paid before. Everything else is decided by the owner of the budget, who sees the invoice, the order and the account beside one another." Zusätzlich gilt für Zahlungen außerhalb der EU die Vier-Augen-Regel. '.repeat(
    4,
  );

/**
 * Realistic attestations as JSON texts of about 1.3 kB, the same for the same seed: all verdicts, unicode, entities,
 * constraints, rewrites, delegation, placeholder signatures, and now and then the resolution of an escalation.
 */
export function* generateAttestations(options: GenerateOptions): Generator<string> {
  const random = seededRandom(options.seed);
  const startMs = options.startMs ?? Date.UTC(2026, 10, 20, 8, 0, 0);
  let lastEscalation: Decision | undefined;
  for (let index = 0; index < options.count; index += 1) {
    const timeMs = startMs + index * 37 + Math.floor(random() * 30);
    if (lastEscalation !== undefined && random() < 0.3) {
      yield JSON.stringify(resolutionOf(lastEscalation, timeMs, random));
      lastEscalation = undefined;
      continue;
    }
    const record = decision(options, index, timeMs, random);
    if (record.verdict === 'escalate') lastEscalation = record;
    yield JSON.stringify(record);
  }
}

type Decision = ReturnType<typeof decision>;

function decision(options: GenerateOptions, index: number, timeMs: number, random: () => number) {
  const verdict = weighted(VERDICTS, random);
  const agent = pick(AGENTS, random);
  const tool = pick(agent.tools, random);
  const reason = random() < LONG_REASON_SHARE ? LONG_REASON : pick(REASONS, random);
  return {
    attestation_id: uuidAt(timeMs, random),
    workspace_id: options.workspaceId ?? 'ws-finance',
    timestamp: new Date(timeMs).toISOString(),
    verdict,
    tool_name: `${agent.server}.${tool}`,
    agent_id: agent.id,
    agent: {
      name: agent.name,
      version: '2.4.1',
      framework: agent.framework,
      model: { provider: 'example', name: 'model-l', version: '2026-09' },
    },
    action_type: pick(['create', 'read', 'update', 'delete'] as const, random),
    session_id: `sess-${Math.floor(random() * 1e6).toString(36)}`,
    trace_id: hex(`trace-${options.seed}-${index}`).slice(0, 32),
    payload_hash: hex(`payload-${options.seed}-${index}`),
    impact: {
      severity: pick(['low', 'medium', 'high', 'critical'] as const, random),
      hash: hex(`impact-${options.seed}-${index}`),
      entities: [
        {
          id: `${agent.server}:accounts`,
          name: 'accounts',
          type: 'database',
          relationship: 'direct',
          reversible: random() < 0.5,
        },
        { id: 'svc:ledger', name: 'ledger', type: 'api', relationship: 'cascade', reversible: true },
      ],
    },
    constraints: [
      {
        id: 'c-limit-001',
        name: 'Limit a call',
        outcome: verdict === 'allow' ? 'pass' : 'fail',
        reason,
        tier: 1,
      },
      {
        id: 'c-scope-001',
        name: 'Tool inside of the agent scope',
        outcome: 'pass',
        reason: `tool matches ${agent.server}.*`,
      },
    ],
    ...(verdict === 'rewrite' ? { rewrites: [{ op: 'mask_field', field: 'arguments.email' }] } : {}),
    evidence_class: pick(['steward_confirmed', 'system_derived', 'inferred'] as const, random),
    confidence: Math.round(random() * 100) / 100,
    ...(random() < 0.2
      ? {
          delegation: {
            id: `dlg-${index}`,
            issuer: 'aegis',
            delegator_id: 'u-31',
            created_at: new Date(timeMs - 60_000).toISOString(),
          },
        }
      : {}),
    policy_version: '2026-11-01',
    latency_ms: Math.round(random() * 90) / 10,
    signature: {
      version: 'v5',
      algorithm: 'Ed25519',
      key_id: 'aegis-2026-01',
      value: Buffer.from(hex(`signature-${options.seed}-${index}`)).toString('base64'),
    },
  };
}

function resolutionOf(escalation: Decision, timeMs: number, random: () => number) {
  return {
    attestation_id: uuidAt(timeMs, random),
    workspace_id: escalation.workspace_id,
    timestamp: new Date(timeMs).toISOString(),
    verdict: 'escalate',
    tool_name: escalation.tool_name,
    agent_id: escalation.agent_id,
    resolves: escalation.attestation_id,
    resolution: {
      decision: pick(['approved', 'rejected', 'expired'] as const, random),
      by: 'm.ortiz@example.com',
      at: new Date(timeMs).toISOString(),
      reason: 'checked with the account owner',
    },
  };
}

function hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function weighted<Item>(items: readonly (readonly [Item, number])[], random: () => number): Item {
  let left = random() * items.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  throw new RangeError('nothing to pick from');
}
