import type { Attestation } from '../attestation/attestation.ts';
import { given } from './attributes.ts';
import type { VersionTraits } from './ocsf-versions.ts';

/** The agent as the user who acted. */
export function agentUser({ agent_id, agent }: Attestation, traits: VersionTraits): object {
  const type = traits.serviceUser ? { type_id: 4, type: 'Service' } : { type_id: 99, type: 'AI Agent' };
  return { uid: agent_id, name: given(agent?.name), ...type };
}

const AGENT_TYPES: ReadonlyMap<string, { readonly type_id: number; readonly type: string }> = new Map([
  ['langchain', { type_id: 2, type: 'LangChain' }],
  ['autogen', { type_id: 3, type: 'AutoGen' }],
  ['crewai', { type_id: 4, type: 'CrewAI' }],
]);

/** The agent itself (from 1.9.0): its running instance is named by the session. */
export function aiAgent(attestation: Attestation): object {
  const { agent_id, agent, session_id } = attestation;
  return {
    uid: agent_id,
    name: given(agent?.name),
    instance_uid: given(session_id),
    version: given(agent?.version),
    ...agentType(agent?.framework),
    ai_model: aiModel(attestation),
  };
}

/** The schema wants a word of our own beside 99, and "Other" is none. */
function agentType(
  framework: string | undefined,
): { readonly type_id: number; readonly type: string } | undefined {
  if (!framework || framework === 'Other') return undefined;
  return AGENT_TYPES.get(framework.toLowerCase()) ?? { type_id: 99, type: framework };
}

/** The model behind the agent; the schema takes none without provider and name. */
export function aiModel({ agent }: Attestation): object | undefined {
  const { provider, name, version } = agent?.model ?? {};
  return provider && name ? { ai_provider: provider, name, version: given(version) } : undefined;
}
