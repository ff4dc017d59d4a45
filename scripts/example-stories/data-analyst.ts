import { entity, objected, passed, type Story } from './story.ts';

const sales = entity('dwh:sales.orders', 'sales.orders', 'table');
const salaries = entity('dwh:hr.salaries', 'hr.salaries', 'table');
const bucket = entity('s3:partner-drop', 'partner-drop', 'bucket', 'cascade', false);
const scope = passed(
  'dwh-scope-001',
  'Schema inside of the scope of the agent',
  'sales.* is granted to data-analyst',
);

/** Queries that were made smaller, and a slow look around that ended at the salaries. */
export const dataAnalyst: Story = {
  agentId: 'agent-44',
  agent: {
    name: 'data-analyst',
    version: '3.0.0-rc.2',
    framework: 'custom',
    model: { provider: 'in-house', name: 'modèle-été', version: '7' },
  },
  keyId: 'aegis-2026-02',
  routine: [
    {
      tool: 'warehouse.run_query',
      action: 'read',
      severity: 'low',
      entities: [sales],
      constraints: [scope],
      evidence: 'system_derived',
      onBehalfOf: 'u-204',
    },
    {
      tool: 'warehouse.read_schema',
      action: 'read',
      severity: 'low',
      entities: [sales],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'warehouse.run_query',
      action: 'read',
      verdict: 'rewrite',
      severity: 'low',
      entities: [sales],
      constraints: [
        scope,
        objected('dwh-limit-003', 'Rows of one query', 'rewrite', 'no LIMIT was given; 10000 was set'),
      ],
      rewrites: [{ op: 'set_default', field: 'arguments.limit' }],
      evidence: 'system_derived',
      onBehalfOf: 'u-204',
    },
    {
      tool: 'warehouse.run_query',
      action: 'read',
      verdict: 'deny',
      severity: 'medium',
      entities: [sales],
      constraints: [
        scope,
        objected(
          'dwh-cost-002',
          'Bytes that one query reads',
          'fail',
          'without a filter on order_date the query reads 4.1 TB; at most 200 GB are granted',
        ),
      ],
      evidence: 'system_derived',
      confidence: 0.95,
      onBehalfOf: 'u-204',
    },
  ],
  incidents: [
    {
      startsAt: '2026-11-19T11:11:11Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'warehouse.list_schemas',
          action: 'read',
          severity: 'low',
          entities: [sales],
          constraints: [passed('dwh-meta-001', 'Names of schemas', 'names are open to all agents')],
        },
        {
          afterSeconds: 61,
          tool: 'warehouse.read_schema',
          action: 'read',
          severity: 'medium',
          entities: [salaries],
          constraints: [passed('dwh-meta-001', 'Names of schemas', 'names are open to all agents')],
          evidence: 'system_derived',
        },
        {
          afterSeconds: 33,
          tool: 'warehouse.run_query',
          action: 'read',
          verdict: 'deny',
          severity: 'high',
          entities: [salaries],
          constraints: [
            objected(
              'dwh-scope-001',
              'Schema inside of the scope of the agent',
              'fail',
              'hr.salaries is outside of sales.*',
            ),
          ],
          evidence: 'steward_confirmed',
          confidence: 1,
          onBehalfOf: 'u-204',
        },
        {
          afterSeconds: 47,
          tool: 'warehouse.run_query',
          action: 'read',
          verdict: 'deny',
          severity: 'high',
          entities: [salaries],
          constraints: [
            objected(
              'dwh-alias-002',
              'Table behind a view or an alias',
              'fail',
              'sales.orders is joined with a view that reads hr.salaries',
              2,
            ),
          ],
          evidence: 'inferred',
          confidence: 0.86,
          onBehalfOf: 'u-204',
        },
        {
          afterSeconds: 20,
          tool: 'warehouse.export_table',
          action: 'read',
          verdict: 'escalate',
          severity: 'critical',
          entities: [sales, bucket],
          constraints: [
            scope,
            objected(
              'dwh-egress-001',
              'Data that leaves the company',
              'escalate',
              '2.1 million rows to bucket partner-drop, after two denied reads of hr.salaries in this session',
              3,
            ),
          ],
          evidence: 'system_derived',
          confidence: 0.71,
          onBehalfOf: 'u-204',
        },
        {
          afterSeconds: 1_260,
          decided: 'rejected',
          by: 'soc-tier2@example.com',
          reason: 'case SOC-1187 opened; u-204 says that the prompt was pasted from a chat',
        },
      ],
    },
    {
      startsAt: '2026-11-20T08:45:00Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'warehouse.export_table',
          action: 'read',
          verdict: 'rewrite',
          severity: 'medium',
          entities: [sales],
          constraints: [
            scope,
            objected(
              'dwh-pii-001',
              'Personal data in exports',
              'rewrite',
              'customer_name and iban were hashed',
            ),
          ],
          rewrites: [
            { op: 'hash_field', field: 'result.customer_name' },
            { op: 'hash_field', field: 'result.iban' },
          ],
          extra: { rows_estimate: 2_104_377, query_cost: { bytes_scanned: 9_007_199_254_740_991 } },
        },
      ],
    },
  ],
};
