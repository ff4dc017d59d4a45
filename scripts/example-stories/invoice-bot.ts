import { entity, objected, passed, type Story, type ToolCall } from './story.ts';

const ledger = entity('db:ledger', 'ledger', 'database');
const bank = entity('api:bank-gateway', 'bank gateway', 'api', 'cascade', false);
const scope = passed(
  'fin-scope-001',
  'Tool inside of the scope of the agent',
  'payments.* is granted to invoice-bot',
);
const underLimit = passed(
  'fin-limit-010',
  'Limit of one transfer',
  'amount is within the limit of EUR 10,000',
);

const transfer = (amount: string): ToolCall => ({
  tool: 'payments.create_transfer',
  action: 'create',
  severity: 'medium',
  entities: [ledger, bank],
  constraints: [scope, { ...underLimit, reason: `amount ${amount} is within the limit of EUR 10,000` }],
  evidence: 'steward_confirmed',
  confidence: 0.97,
  rollbackPlan: 'recall the transfer within 24 hours through the bank gateway',
});

/** A transfer over the limit, then the same money in slices: what a fraud team calls structuring. */
export const invoiceBot: Story = {
  agentId: 'agent-7',
  agent: {
    name: 'invoice-bot',
    version: '2.4.1',
    framework: 'langgraph',
    model: { provider: 'example-ai', name: 'model-l', version: '2026-09' },
  },
  keyId: 'aegis-2026-01',
  routine: [
    {
      tool: 'payments.list_invoices',
      action: 'read',
      severity: 'low',
      entities: [ledger],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'payments.read_balance',
      action: 'read',
      severity: 'low',
      entities: [ledger],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'payments.match_order',
      action: 'update',
      severity: 'low',
      entities: [ledger],
      constraints: [scope],
      evidence: 'system_derived',
      confidence: 0.91,
    },
    transfer('EUR 1,240.50'),
    transfer('EUR 312.00'),
    {
      ...transfer(''),
      verdict: 'deny',
      constraints: [
        scope,
        objected(
          'fin-order-006',
          'Invoice with an order',
          'fail',
          'no approved order was found for the invoice',
        ),
      ],
      confidence: 0.92,
    },
    {
      ...transfer(''),
      verdict: 'escalate',
      severity: 'high',
      constraints: [
        scope,
        objected(
          'fin-owner-008',
          'Owner of the cost centre',
          'escalate',
          'the cost centre has no budget left this month',
          2,
        ),
      ],
      confidence: 0.89,
    },
  ],
  incidents: [
    {
      startsAt: '2026-11-18T14:02:11Z',
      steps: [
        {
          ...transfer(''),
          afterSeconds: 0,
          verdict: 'deny',
          severity: 'critical',
          constraints: [
            scope,
            objected(
              'fin-limit-010',
              'Limit of one transfer',
              'fail',
              'amount EUR 48,200.00 is over the limit of EUR 10,000 for this agent',
            ),
          ],
        },
        { ...transfer('EUR 9,900.00'), afterSeconds: 41 },
        { ...transfer('EUR 9,900.00'), afterSeconds: 38 },
        { ...transfer('EUR 9,900.00'), afterSeconds: 44 },
        {
          ...transfer(''),
          afterSeconds: 40,
          verdict: 'escalate',
          severity: 'critical',
          evidence: 'inferred',
          confidence: 0.83,
          constraints: [
            scope,
            { ...underLimit, reason: 'amount EUR 9,900.00 is within the limit of EUR 10,000' },
            objected(
              'fin-velocity-002',
              'Sum of one hour to one account',
              'escalate',
              '4 transfers of EUR 9,900.00 to one account within 3 minutes, after a denied one of EUR 48,200.00: looks like one payment in slices',
              2,
            ),
          ],
        },
        {
          afterSeconds: 540,
          decided: 'rejected',
          by: 'm.ortiz@example.com',
          reason:
            'invoice INV-20931 is not known to purchasing; the supplier was called on the number that we hold',
        },
        {
          ...transfer(''),
          afterSeconds: 75,
          verdict: 'deny',
          severity: 'critical',
          constraints: [
            objected(
              'fin-block-001',
              'Account blocked by a person',
              'fail',
              'the receiving account was blocked at 14:14 by m.ortiz@example.com',
              3,
            ),
          ],
        },
      ],
    },
    {
      startsAt: '2026-11-19T09:31:05Z',
      steps: [
        {
          ...transfer(''),
          afterSeconds: 0,
          verdict: 'escalate',
          severity: 'high',
          constraints: [
            scope,
            objected(
              'fin-account-004',
              'Account paid before',
              'escalate',
              'the bank account of supplier “Bäckerei Öztürk & Söhne” was changed 2 hours ago by e-mail',
              2,
            ),
          ],
          confidence: 0.78,
        },
        {
          afterSeconds: 3_120,
          decided: 'approved',
          by: 'j.nakamura@example.com',
          reason: 'change confirmed by phone, 確認済み',
        },
        { ...transfer('EUR 2,105.80'), afterSeconds: 20 },
      ],
    },
    {
      startsAt: '2026-11-20T16:48:00Z',
      steps: [
        {
          ...transfer(''),
          afterSeconds: 0,
          verdict: 'rewrite',
          severity: 'high',
          constraints: [
            scope,
            objected(
              'fin-cap-003',
              'Early payment discount',
              'rewrite',
              'amount was capped at the sum of the order, EUR 7,400.00',
            ),
          ],
          rewrites: [
            { op: 'cap_value', field: 'arguments.amount' },
            { op: 'set_default', field: 'arguments.execution_date' },
          ],
        },
      ],
    },
  ],
};
