import { entity, objected, passed, type Story } from './story.ts';

const order = entity('shop:order-5520417', 'order 5520417', 'record');
const inbox = entity('helpdesk:inbox', 'customer inbox', 'service');
const scope = passed(
  'sup-scope-001',
  'Tool inside of the scope of the agent',
  'helpdesk.* is granted to Kundendienst-サポート',
);

const PHISHING =
  'the reply holds a link to a host that is not ours, taken from the customer\'s own message: <img src=x onerror="alert(1)"> | delete index=* \u001b[31mURGENT\u001b[0m \u202efdp.ecioVNI';

/** Refunds with a person in between, masked card numbers, and a customer's message full of traps. */
export const supportAgent: Story = {
  agentId: 'agent-58',
  agent: {
    name: 'Kundendienst-サポート',
    version: '5.1.7',
    framework: 'langgraph',
    model: { provider: 'example-ai', name: 'model-s', version: '2026-10' },
  },
  keyId: 'aegis-2026-01',
  routine: [
    {
      tool: 'helpdesk.send_reply',
      action: 'create',
      severity: 'low',
      entities: [inbox],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'helpdesk.read_ticket',
      action: 'read',
      severity: 'low',
      entities: [inbox],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'helpdesk.close_ticket',
      action: 'update',
      severity: 'low',
      entities: [inbox],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'helpdesk.refund_order',
      action: 'create',
      severity: 'medium',
      entities: [order],
      constraints: [scope, passed('sup-refund-001', 'Refund without a person', 'EUR 24.90 is within EUR 50')],
      evidence: 'steward_confirmed',
      confidence: 0.98,
    },
    {
      tool: 'helpdesk.refund_order',
      action: 'create',
      verdict: 'deny',
      severity: 'medium',
      entities: [order],
      constraints: [
        scope,
        objected(
          'sup-refund-002',
          'One refund an order',
          'fail',
          'the order was refunded already; die Bestellung wurde bereits erstattet',
        ),
      ],
      evidence: 'system_derived',
    },
  ],
  incidents: [
    {
      startsAt: '2026-11-18T08:55:20Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'helpdesk.refund_order',
          action: 'create',
          verdict: 'escalate',
          severity: 'medium',
          entities: [order],
          constraints: [
            scope,
            objected(
              'sup-refund-001',
              'Refund without a person',
              'escalate',
              'EUR 480.00 is over EUR 50; third refund of this customer in 30 days',
            ),
          ],
          evidence: 'steward_confirmed',
          confidence: 0.97,
        },
        {
          afterSeconds: 402,
          decided: 'approved',
          by: 'team-lead.support@example.com',
          reason: 'parcel was lost, carrier confirmed 📦',
        },
        {
          afterSeconds: 6,
          tool: 'helpdesk.refund_order',
          action: 'create',
          severity: 'medium',
          entities: [order],
          constraints: [
            scope,
            passed('sup-refund-001', 'Refund without a person', 'approved by team-lead.support@example.com'),
          ],
          evidence: 'steward_confirmed',
          confidence: 1,
        },
      ],
    },
    {
      startsAt: '2026-11-19T17:22:45Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'helpdesk.send_reply',
          action: 'create',
          verdict: 'rewrite',
          severity: 'medium',
          entities: [inbox],
          constraints: [
            scope,
            objected(
              'sup-pan-001',
              'Card numbers in replies',
              'rewrite',
              'a card number was masked up to its last 4 digits: eine Kartennummer, 카드 번호, número de tarjeta',
            ),
          ],
          rewrites: [{ op: 'mask_field', field: 'arguments.body' }],
          evidence: 'system_derived',
          confidence: 0.99,
        },
      ],
    },
    {
      startsAt: '2026-11-20T12:30:15Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'helpdesk.send_reply',
          action: 'create',
          verdict: 'deny',
          severity: 'high',
          entities: [inbox],
          constraints: [scope, objected('sup-link-002', 'Links in replies', 'fail', PHISHING, 2)],
          evidence: 'inferred',
          confidence: 0.81,
          extra: { ticket: { id: 'T-99120', language: 'de', sentiment: null } },
        },
        {
          afterSeconds: 18,
          tool: 'helpdesk.update_customer_email',
          action: 'update',
          verdict: 'deny',
          severity: 'high',
          entities: [entity('shop:customer-71204', 'customer 71204', 'account', 'direct', false)],
          constraints: [
            objected(
              'sup-takeover-001',
              'Change of address by ticket',
              'fail',
              'the sender is not the owner of the account (SPF failed), and a denied reply came just before',
              3,
            ),
          ],
          evidence: 'inferred',
          confidence: 0.9,
        },
      ],
    },
  ],
};
