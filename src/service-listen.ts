import type { FastifyInstance } from 'fastify';
import type { DeniedEndpoint } from './egress/denied-endpoints.ts';
import { serviceEndpoints } from './own-endpoints.ts';
import type { Settings } from './settings/settings-schema.ts';
import { StartError } from './start-error.ts';

/** Takes the address of the settings, and answers its URL. Throws `StartError` with the setting to change. */
export async function listen(
  app: FastifyInstance,
  { host, port }: Pick<Settings, 'host' | 'port'>,
): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'EADDRINUSE') {
      throw new StartError(
        'port_in_use',
        `AEGIS_SIEM_PORT: ${port} on ${host} is in use; stop what listens there, or choose another port (0 takes a free one)`,
        { cause },
      );
    }
    throw new StartError(
      'address_unusable',
      `AEGIS_SIEM_HOST: cannot listen on ${host} port ${port} (${code})`,
      {
        cause,
      },
    );
  }
}

/** The sockets that were taken, with the port that the system chose. */
export async function listeningEndpoints(app: FastifyInstance): Promise<readonly DeniedEndpoint[]> {
  const sockets = app.addresses().filter((at) => typeof at !== 'string');
  const taken = sockets.map(({ address, port }) => serviceEndpoints({ host: address, port }));
  return (await Promise.all(taken)).flat();
}

/** Lets requests in work end; after the grace their connections are cut. */
export async function closeApi(app: FastifyInstance, graceMs: number): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(late);
}
