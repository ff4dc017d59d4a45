import { entity, objected, passed, type Story } from './story.ts';

const contacts = entity('crm:contacts', 'contacts', 'database');
const campaign = entity('crm:campaign-q4', 'Q4 campaign', 'service', 'cascade');
const erased = entity('crm:contact-88213', 'contact 88213', 'record', 'direct', false);
const scope = passed(
  'crm-scope-001',
  'Tool inside of the scope of the agent',
  'salesforce.* is granted to crm-assistant',
);

/** A clean-up that would have deleted too much, and an export that left the personal data behind. */
export const crmAssistant: Story = {
  agentId: 'agent-12',
  agent: {
    name: 'crm-assistant',
    version: '1.9.0',
    framework: 'crewai',
    model: { provider: 'example-ai', name: 'model-m', version: '2026-07' },
  },
  keyId: 'aegis-2026-01',
  routine: [
    {
      tool: 'salesforce.read_contact',
      action: 'read',
      severity: 'low',
      entities: [contacts],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'salesforce.create_note',
      action: 'create',
      severity: 'low',
      entities: [contacts],
      constraints: [scope],
      evidence: 'system_derived',
      onBehalfOf: 'u-31',
    },
    {
      tool: 'salesforce.update_contact',
      action: 'update',
      severity: 'low',
      entities: [contacts],
      constraints: [scope],
      evidence: 'steward_confirmed',
      confidence: 0.94,
      onBehalfOf: 'u-31',
    },
    {
      tool: 'salesforce.search',
      action: 'read',
      severity: 'low',
      entities: [contacts],
      constraints: [scope],
      evidence: 'system_derived',
    },
    {
      tool: 'salesforce.update_contact',
      action: 'update',
      verdict: 'deny',
      severity: 'medium',
      entities: [contacts],
      constraints: [
        scope,
        objected(
          'crm-region-003',
          'Region of the record',
          'fail',
          'the contact belongs to the region US; this agent works for the region EU',
        ),
      ],
      evidence: 'steward_confirmed',
      onBehalfOf: 'u-31',
    },
  ],
  incidents: [
    {
      startsAt: '2026-11-18T10:20:40Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'salesforce.delete_contact',
          action: 'delete',
          verdict: 'deny',
          severity: 'critical',
          entities: [entity('crm:contacts', 'contacts', 'database', 'direct', false), campaign],
          constraints: [
            scope,
            objected(
              'crm-bulk-001',
              'Records of one call',
              'fail',
              'delete of 250 records is over the limit of 10 a call',
              1,
            ),
          ],
          evidence: 'steward_confirmed',
          confidence: 0.99,
          rollbackPlan: 'restore from the recycle bin, kept for 15 days',
        },
        {
          afterSeconds: 12,
          tool: 'salesforce.delete_contact',
          action: 'delete',
          verdict: 'deny',
          severity: 'high',
          entities: [contacts],
          constraints: [
            scope,
            objected(
              'crm-repeat-002',
              'Denied call again in parts',
              'fail',
              '25 calls of 10 records follow a denied call of 250 records',
              2,
            ),
          ],
          evidence: 'inferred',
          confidence: 0.88,
        },
        {
          afterSeconds: 95,
          tool: 'salesforce.tag_contact',
          action: 'update',
          severity: 'low',
          entities: [contacts],
          constraints: [
            scope,
            passed('crm-bulk-001', 'Records of one call', '250 records tagged “to review”, nothing deleted'),
          ],
        },
      ],
    },
    {
      startsAt: '2026-11-19T13:05:00Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'salesforce.export_list',
          action: 'read',
          verdict: 'rewrite',
          severity: 'medium',
          entities: [contacts, campaign],
          constraints: [
            scope,
            objected(
              'crm-pii-004',
              'Personal data in exports',
              'rewrite',
              'columns e-mail, téléphone and 生年月日 were masked: personal data may not leave the EU region',
            ),
          ],
          rewrites: [
            { op: 'mask_field', field: 'result.email' },
            { op: 'mask_field', field: 'result.téléphone' },
            { op: 'mask_field', field: 'result.生年月日' },
          ],
          onBehalfOf: 'u-31',
        },
      ],
    },
    {
      startsAt: '2026-11-19T15:40:30Z',
      steps: [
        {
          afterSeconds: 0,
          tool: 'salesforce.erase_contact',
          action: 'delete',
          verdict: 'escalate',
          severity: 'high',
          entities: [erased],
          constraints: [
            scope,
            objected(
              'crm-erase-001',
              'Erasure needs the data protection officer',
              'escalate',
              'request under article 17 GDPR; an open invoice refers to this person',
              3,
            ),
          ],
          evidence: 'steward_confirmed',
          confidence: 0.95,
        },
        { afterSeconds: 86_400, decided: 'expired', reason: 'nobody decided within 24 hours' },
      ],
    },
  ],
};
