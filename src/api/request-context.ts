import type { FastifyRequest } from 'fastify';
import type { AuditRecord } from '../store/admin-store.ts';
import type { ApiParts } from './api-parts.ts';
import type { Principal } from './principal.ts';
import type { RecordedByRequest } from './request-observer.ts';
import type { Scope } from './scopes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler of a route that is not open. */
    principal: Principal | undefined;
    /** Set by a route that records, once it has. */
    recorded: RecordedByRequest | undefined;
  }
  interface FastifyContextConfig {
    /** What the key must be allowed. A route without it must be `open` or `signedIn`, or the start fails. */
    scope?: Scope;
    /** Answers without a key. */
    open?: true;
    /** Answers to whoever is signed in, whatever their scopes. */
    signedIn?: true;
    /** Pages hold it open by themselves: it is no use of a session. */
    unattended?: true;
    /** Holds the audit action of a route that changes something. */
    audit?: string;
    /** Why a route that is no GET leaves no audit record: it records (and is its own trace), or it changes nothing. */
    unaudited?: 'records' | 'changes_nothing';
  }
}

/** Workspace under which actions are kept that belong to none. */
export const SERVICE_WORKSPACE = 'aegis-system';

/** The principal of a request that has passed authentication. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Error('a handler ran before authentication');
  return request.principal;
}

export interface AuditSubject {
  readonly action: string;
  readonly subjectId: string;
  readonly workspaceId?: string | undefined;
  /** Views, secrets as fingerprints. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The audit record of an action: who, what, when, under which request. */
export function auditOf(parts: ApiParts, request: FastifyRequest, subject: AuditSubject): AuditRecord {
  return {
    auditId: parts.random.uuid(),
    atMs: parts.clock.nowMs(),
    workspaceId: subject.workspaceId ?? SERVICE_WORKSPACE,
    actor: principalOf(request).actor,
    action: subject.action,
    subjectId: subject.subjectId,
    requestId: request.id,
    ...(subject.before === undefined ? {} : { before: JSON.stringify(subject.before) }),
    ...(subject.after === undefined ? {} : { after: JSON.stringify(subject.after) }),
  };
}
