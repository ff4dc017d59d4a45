import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import type { Scope } from './scopes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route of the API, with what it asks of the one who calls. */
    accessRules: readonly AccessRule[];
  }
}

export interface AccessRule {
  readonly method: string;
  readonly path: string;
  readonly needs: Scope | 'signed_in' | 'nobody';
  /** The audit action of a route that changes something. */
  readonly audit?: string;
}

const LOOKING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Holds that each route says who may call it and, where it may change something, what it leaves in the audit trail; else the
 * start fails, so that no route can be forgotten. `passOver` names those that are not ours. Answers the rules by `app.accessRules`.
 */
export function collectAccessRules(app: FastifyInstance, passOver: (path: string) => boolean): void {
  const rules: AccessRule[] = [];
  app.decorate('accessRules', rules);
  app.addHook('onRoute', ({ method, url, config }) => {
    if (passOver(url)) return;
    for (const one of [method].flat()) rules.push(ruleOf(one, url, config));
  });
}

/** The security requirement of a route, for the OpenAPI document: the scope stands where OpenAPI 3.1 has role names. */
export function securityOf(config: FastifyContextConfig | undefined): readonly Record<string, string[]>[] {
  if (config?.open === true) return [];
  const roles = config?.scope === undefined ? [] : [config.scope];
  return [{ apiKey: roles }, { session: roles }];
}

function ruleOf(method: string, path: string, config: FastifyContextConfig | undefined): AccessRule {
  const needs = config?.open === true ? 'nobody' : config?.signedIn === true ? 'signed_in' : config?.scope;
  if (needs === undefined) throw new Error(`the route ${path} names no scope and is not open`);
  const audit = config?.audit;
  if (!LOOKING.has(method) && audit === undefined && config?.unaudited === undefined) {
    throw new Error(`the route ${method} ${path} names no audit action, nor why it leaves none`);
  }
  return { method, path, needs, ...(audit === undefined ? {} : { audit }) };
}
