import { createContext, use } from 'react';
import type { WhoAmI } from '../api/api-types.ts';
import type { Scope } from '../../../src/api/scopes.ts';

export const SESSION_PATH = '/v1/session';

/** Who is signed in. */
export type Session = WhoAmI;

export interface SessionControls {
  readonly session: Session;
  readonly signOut: () => Promise<void>;
}

export const SessionContext = createContext<SessionControls | undefined>(undefined);

/** Throws on a page that is shown to nobody. */
export function useSession(): SessionControls {
  const controls = use(SessionContext);
  if (controls === undefined) throw new Error('this component is shown only to a person who is signed in');
  return controls;
}

/** Whether the person may do something: what they may not do is not offered. The API refuses it besides. */
export function useMay(scope: Scope): boolean {
  return may(useSession().session, scope);
}

export function may(session: Session, scope: Scope): boolean {
  return session.scopes.includes(scope) || session.scopes.includes('admin');
}
