import type { Attestation } from '../attestation/attestation.ts';
import { given } from './attributes.ts';

/** Entities that get an observable of their own; the rest is found in `resources`. */
const MAX_ENTITY_OBSERVABLES = 20;

/** The agent, the tool, and every entity that the call would touch. Each has a uid or a name, as the schema asks. */
export function resourcesOf(attestation: Attestation): object[] {
  const { agent, agent_id, tool_name, impact } = attestation;
  const resources: object[] = [
    { uid: agent_id, name: agent?.name || agent_id, type: 'AI Agent', version: given(agent?.version) },
    { uid: tool_name, name: tool_name, type: 'Tool', namespace: given(serverOf(tool_name)) },
  ];
  for (const { id, name, type, relationship, reversible } of impact?.entities ?? []) {
    resources.push({
      uid: given(id),
      name: name || id || 'unnamed entity',
      type: given(type),
      data:
        relationship || reversible !== undefined
          ? { relationship: given(relationship), reversible }
          : undefined,
    });
  }
  return resources;
}

/** An index of what stands in `resources`: agent, tool and entities by uid. */
export function observablesOf({ agent_id, tool_name, impact }: Attestation): object[] {
  const name = 'resources[].uid';
  const observables: object[] = [
    { name, type_id: 99, type: 'AI Agent ID', value: agent_id },
    { name, type_id: 99, type: 'Tool Name', value: tool_name },
  ];
  const listed: string[] = [];
  for (const { id } of impact?.entities ?? []) {
    if (listed.length === MAX_ENTITY_OBSERVABLES) break;
    if (!id || listed.includes(id)) continue;
    listed.push(id);
    observables.push({ name, type_id: 10, type: 'Resource UID', value: id });
  }
  return observables;
}

function serverOf(toolName: string): string {
  return toolName.slice(0, toolName.indexOf('.'));
}
