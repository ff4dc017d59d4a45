import { AsyncLocalStorage } from 'node:async_hooks';
import type { WorkspaceScope } from './admin-store.ts';

/**
 * For whom the code runs that is running now. The store's queries have their own conditions; where the database has row security,
 * this is what it is told, so that a query that forgot its condition finds nothing of another workspace either.
 */
export class RequestScope {
  readonly #storage = new AsyncLocalStorage<WorkspaceScope>();

  run<Result>(scope: WorkspaceScope, work: () => Result): Result {
    return this.#storage.run(scope, work);
  }

  /** Undefined outside of any request, and for whoever may see all workspaces. */
  workspaceId(): string | undefined {
    return this.#storage.getStore()?.workspaceId;
  }
}
