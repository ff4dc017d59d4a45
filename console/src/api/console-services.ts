import { createContext, use } from 'react';
import type { LiveUpdates } from '../live/live-updates.ts';
import type { ApiClient } from './api-client.ts';
import type { ResourceCache } from './resource-cache.ts';
import type { ServiceReach } from './service-reach.ts';

/** What every page works with. Made once, in main.tsx; a test gives its own. */
export interface ConsoleServices {
  readonly client: ApiClient;
  readonly resources: ResourceCache;
  readonly live: LiveUpdates;
  readonly reach: ServiceReach;
}

export const ConsoleServicesContext = createContext<ConsoleServices | undefined>(undefined);

/** Throws where a component stands outside of the console. */
export function useServices(): ConsoleServices {
  const services = use(ConsoleServicesContext);
  if (services === undefined) throw new Error('this component needs ConsoleServicesContext around it');
  return services;
}
