import { StoreError } from './store-error.ts';

/** Thrown when a destination would get the name of another one in its workspace. Nothing was written. */
export class NameTakenError extends StoreError {
  constructor(options?: { readonly cause?: unknown }) {
    super('name_taken', 'Another destination of this workspace has that name: choose another name', options);
    this.name = 'NameTakenError';
  }
}
