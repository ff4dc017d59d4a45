import type { Attestation } from '../attestation/attestation.ts';
import { given } from './attributes.ts';
import type { VersionTraits } from './ocsf-versions.ts';

/** Entities that get an observable of their own; the rest is found in `resources`. */
const MAX_ENTITY_OBSERVABLES = 20;

const TARGET = { id: 1, name: 'Target' } as const;
const ACTOR = { id: 2, name: 'Actor' } as const;
const AFFECTED = { id: 3, name: 'Affected' } as const;

export function agentResource({ agent, agent_id }: Attestation, traits: VersionTraits): object {
  return {
    uid: agent_id,
    name: agent?.name || agent_id,
    type: 'AI Agent',
    version: given(agent?.version),
    role_id: traits.resourceRoles ? ACTOR.id : undefined,
    role: traits.resourceRoles ? ACTOR.name : undefined,
  };
}

export function toolResource({ tool_name }: Attestation, traits: VersionTraits): object {
  return {
    uid: tool_name,
    name: tool_name,
    type: 'Tool',
    namespace: given(serverOf(tool_name)),
    role_id: traits.resourceRoles ? TARGET.id : undefined,
    role: traits.resourceRoles ? TARGET.name : undefined,
  };
}

/** Every entity that the call would touch. Each has a uid or a name, as the schema asks. */
export function entityResources({ impact }: Attestation, traits: VersionTraits): object[] {
  const resources: object[] = [];
  for (const { id, name, type, relationship, reversible } of impact?.entities ?? []) {
    resources.push({
      uid: given(id),
      name: name || id || 'unnamed entity',
      type: given(type),
      role_id: traits.resourceRoles ? AFFECTED.id : undefined,
      role: traits.resourceRoles ? AFFECTED.name : undefined,
      data:
        relationship || reversible !== undefined
          ? { relationship: given(relationship), reversible }
          : undefined,
    });
  }
  return resources;
}

const RESOURCE_UID = 'resources[].uid';

/** An index of what stands in `resources`: agent, tool and entities by uid. */
export function observablesOf(attestation: Attestation): object[] {
  return [
    { name: RESOURCE_UID, type_id: 99, type: 'AI Agent ID', value: attestation.agent_id },
    { name: RESOURCE_UID, type_id: 99, type: 'Tool Name', value: attestation.tool_name },
    ...entityObservables(attestation),
  ];
}

export function actorObservable(uid: string, traits: VersionTraits): object {
  const type = traits.userUidObservable
    ? { type_id: 31, type: 'User Object: uid' }
    : { type_id: 99, type: 'User ID' };
  return { name: 'actor.user.uid', ...type, value: uid };
}

export function entityObservables({ impact }: Attestation): object[] {
  const observables: object[] = [];
  const listed: string[] = [];
  for (const { id } of impact?.entities ?? []) {
    if (listed.length === MAX_ENTITY_OBSERVABLES) break;
    if (!id || listed.includes(id)) continue;
    listed.push(id);
    observables.push({ name: RESOURCE_UID, type_id: 10, type: 'Resource UID', value: id });
  }
  return observables;
}

/** The server part of `server.tool`. */
export function serverOf(toolName: string): string {
  return toolName.slice(0, toolName.indexOf('.'));
}
