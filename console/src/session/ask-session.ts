import type { ApiClient } from '../api/api-client.ts';
import { type ApiProblem, problemOf } from '../api/api-problem.ts';
import { type Session, SESSION_PATH } from './session.ts';

/** Who is there. */
export type SessionAnswer =
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'signed_in'; readonly session: Session }
  | { readonly kind: 'failed'; readonly problem: ApiProblem };

/** A session, none, or why that cannot be said. */
export async function askSession(client: ApiClient): Promise<SessionAnswer> {
  try {
    return { kind: 'signed_in', session: await client.call<Session>({ path: SESSION_PATH }) };
  } catch (error) {
    const problem = problemOf(error);
    return problem.status === 401 ? { kind: 'signed_out' } : { kind: 'failed', problem };
  }
}
