import type { Attestation } from '../attestation/attestation.ts';
import type { JsonObject } from '../json.ts';
import { filled, present } from './attributes.ts';

/** Entities that get an observable of their own; the rest is found in `resources`. */
const MAX_ENTITY_OBSERVABLES = 20;

/** The agent, the tool, and every entity that the call would touch. Each has a uid or a name, as the schema asks. */
export function resourcesOf(attestation: Attestation): JsonObject[] {
  const { agent, agent_id, tool_name, impact } = attestation;
  return [
    present({ uid: agent_id, name: agent?.name || agent_id, type: 'AI Agent', version: agent?.version }),
    present({ uid: tool_name, name: tool_name, type: 'Tool', namespace: serverOf(tool_name) }),
    ...(impact?.entities ?? []).map((entity) =>
      present({
        uid: entity.id,
        name: entity.name || entity.id || 'unnamed entity',
        type: entity.type,
        data: filled(present({ relationship: entity.relationship, reversible: entity.reversible })),
      }),
    ),
  ];
}

/** An index of what stands in `resources`: agent, tool and entities by uid. */
export function observablesOf({ agent_id, tool_name, impact }: Attestation): JsonObject[] {
  const name = 'resources[].uid';
  const entities = (impact?.entities ?? []).flatMap(({ id }) => (id ? [id] : []));
  return [
    { name, type_id: 99, type: 'AI Agent ID', value: agent_id },
    { name, type_id: 99, type: 'Tool Name', value: tool_name },
    ...[...new Set(entities)]
      .slice(0, MAX_ENTITY_OBSERVABLES)
      .map((value) => ({ name, type_id: 10, type: 'Resource UID', value })),
  ];
}

function serverOf(toolName: string): string {
  return toolName.slice(0, toolName.indexOf('.'));
}
