/**
 * Writes `content/sentinel/azuredeploy.json` from the one definition of a row. With `--check` nothing is written; the
 * exit status says whether the file is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../src/json.ts';
import { COLUMNS, STREAM_NAME, TABLE_NAME, TEMPLATE_VERSION } from '../src/connectors/sentinel/columns.ts';

export const TEMPLATE_FILE = path.join(import.meta.dirname, '..', 'content', 'sentinel', 'azuredeploy.json');

/** Role "Monitoring Metrics Publisher": the built-in role that may send to a rule. */
const PUBLISHER_ROLE_ID = '3913510d-42f4-4e42-8a64-420c390055eb';
const DEFAULT_RETENTION_DAYS = 90;
const MIN_RETENTION_DAYS = 4;
const MAX_RETENTION_DAYS = 730;
const MAX_TOTAL_RETENTION_DAYS = 4_383;

/**
 * Table, data collection rule of kind Direct (it has its own ingestion address; the kind cannot be added later), role of
 * the sender on the rule, and the rule's error log. Resource types and API versions:
 * https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 */
export function makeTemplate(): JsonObject {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: `${TEMPLATE_VERSION}.0.0.0`,
    metadata: {
      description: `Table ${TABLE_NAME} and the data collection rule through which Aegis decisions arrive. Made by "npm run sentinel-template"; edit the columns there, not here.`,
    },
    parameters: parameters(),
    variables: {
      ruleId: "[resourceId('Microsoft.Insights/dataCollectionRules', parameters('ruleName'))]",
      publisherRoleId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${PUBLISHER_ROLE_ID}')]`,
    },
    resources: [table(), rule(), roleAssignment(), diagnostics()],
    outputs: outputs(),
  };
}

function parameters(): JsonObject {
  return {
    workspaceName: {
      type: 'string',
      metadata: { description: 'Log Analytics workspace of Microsoft Sentinel, in this resource group.' },
    },
    location: {
      type: 'string',
      defaultValue: '[resourceGroup().location]',
      metadata: { description: 'Region of the workspace: the rule must be in the same one.' },
    },
    ruleName: { type: 'string', defaultValue: 'dcr-aegis-siem', minLength: 3, maxLength: 64 },
    senderObjectId: {
      type: 'string',
      defaultValue: '',
      metadata: {
        description:
          'Object id of the service principal or managed identity that sends. Not the client id, and not the object id of the app registration. Empty: no role is assigned.',
      },
    },
    tablePlan: { type: 'string', defaultValue: 'Analytics', allowedValues: ['Analytics', 'Basic'] },
    retentionInDays: {
      type: 'int',
      defaultValue: DEFAULT_RETENTION_DAYS,
      minValue: MIN_RETENTION_DAYS,
      maxValue: MAX_RETENTION_DAYS,
      metadata: {
        description: 'Days of interactive search, for plan Analytics. Plan Basic has a fixed time.',
      },
    },
    totalRetentionInDays: {
      type: 'int',
      defaultValue: DEFAULT_RETENTION_DAYS,
      minValue: MIN_RETENTION_DAYS,
      maxValue: MAX_TOTAL_RETENTION_DAYS,
    },
    diagnosticsWorkspaceId: {
      type: 'string',
      defaultValue: "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspaceName'))]",
      metadata: {
        description: 'Workspace that gets the error log of the rule (table DCRLogErrors). Empty: none.',
      },
    },
  };
}

function table(): JsonObject {
  return {
    type: 'Microsoft.OperationalInsights/workspaces/tables',
    apiVersion: '2022-10-01',
    name: `[format('{0}/{1}', parameters('workspaceName'), '${TABLE_NAME}')]`,
    properties: {
      plan: "[parameters('tablePlan')]",
      retentionInDays:
        "[if(equals(parameters('tablePlan'), 'Analytics'), parameters('retentionInDays'), null())]",
      totalRetentionInDays: "[parameters('totalRetentionInDays')]",
      schema: {
        name: TABLE_NAME,
        columns: COLUMNS.map(({ name, type, description }) => ({ name, type, description })),
      },
    },
  };
}

function rule(): JsonObject {
  return {
    type: 'Microsoft.Insights/dataCollectionRules',
    apiVersion: '2023-03-11',
    name: "[parameters('ruleName')]",
    location: "[parameters('location')]",
    kind: 'Direct',
    dependsOn: [
      `[resourceId('Microsoft.OperationalInsights/workspaces/tables', parameters('workspaceName'), '${TABLE_NAME}')]`,
    ],
    properties: {
      description: `Aegis decisions to ${TABLE_NAME}, template version ${TEMPLATE_VERSION}`,
      streamDeclarations: {
        [STREAM_NAME]: { columns: COLUMNS.map(({ name, type }) => ({ name, type })) },
      },
      destinations: {
        logAnalytics: [
          {
            name: 'workspace',
            workspaceResourceId:
              "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspaceName'))]",
          },
        ],
      },
      dataFlows: [
        {
          streams: [STREAM_NAME],
          destinations: ['workspace'],
          transformKql: 'source',
          outputStream: `Custom-${TABLE_NAME}`,
        },
      ],
    },
  };
}

function roleAssignment(): JsonObject {
  return {
    condition: "[not(empty(parameters('senderObjectId')))]",
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: '2022-04-01',
    name: "[guid(variables('ruleId'), parameters('senderObjectId'), variables('publisherRoleId'))]",
    scope: "[variables('ruleId')]",
    dependsOn: ["[variables('ruleId')]"],
    properties: {
      roleDefinitionId: "[variables('publisherRoleId')]",
      principalId: "[parameters('senderObjectId')]",
      principalType: 'ServicePrincipal',
    },
  };
}

function diagnostics(): JsonObject {
  return {
    condition: "[not(empty(parameters('diagnosticsWorkspaceId')))]",
    type: 'Microsoft.Insights/diagnosticSettings',
    apiVersion: '2021-05-01-preview',
    name: 'aegis-siem-errors',
    scope: "[variables('ruleId')]",
    dependsOn: ["[variables('ruleId')]"],
    properties: {
      workspaceId: "[parameters('diagnosticsWorkspaceId')]",
      logs: [{ category: 'LogErrors', enabled: true }],
    },
  };
}

/** Named after the settings of a destination. */
function outputs(): JsonObject {
  const properties = "reference(variables('ruleId'), '2023-03-11')";
  return {
    endpoint: { type: 'string', value: `[${properties}.endpoints.logsIngestion]` },
    dcr_immutable_id: { type: 'string', value: `[${properties}.immutableId]` },
    stream: { type: 'string', value: STREAM_NAME },
  };
}

/** The formatter has its own word on line breaks, so that content is compared and not layout. */
export function isCurrent(text: string): boolean {
  return JSON.stringify(JSON.parse(text)) === JSON.stringify(makeTemplate());
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const current = isCurrent(readFileSync(TEMPLATE_FILE, 'utf8'));
    console.error(
      current ? 'sentinel template: up to date' : 'sentinel template: run "npm run sentinel-template"',
    );
    process.exitCode = current ? 0 : 1;
  } else {
    writeFileSync(TEMPLATE_FILE, `${JSON.stringify(makeTemplate(), null, 2)}\n`);
    console.error(
      `wrote ${path.relative(process.cwd(), TEMPLATE_FILE)}; run "npm run format" for its layout`,
    );
  }
}
