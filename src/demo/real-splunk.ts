import { lookup } from 'node:dns/promises';
import { CliError } from '../cli/cli-error.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { RealSplunk } from './demo-options.ts';
import { DEMO_WORKSPACE, type DemoSiem } from './demo-siem.ts';

export function realSplunk({ url, token, index, caPem }: RealSplunk): DemoSiem {
  return {
    name: 'splunk',
    title: 'Splunk',
    destination: {
      name: 'splunk',
      workspace_id: DEMO_WORKSPACE,
      type: 'splunk_hec',
      config: {
        url: url.href,
        ...(index === undefined ? {} : { index }),
        ...(caPem === undefined ? {} : { tls: { ca_pem: caPem } }),
      },
      credentials: { token },
    },
  };
}

/**
 * Whoever starts the demo is its operator, and naming a Splunk allows its addresses: exactly these, on this port, over plain
 * http only where the URL says so. Throws `CliError` when the name does not resolve.
 */
export async function allowRealSplunk({ url }: RealSplunk): Promise<readonly string[]> {
  const plain = url.protocol === 'http:';
  const port = url.port === '' ? (plain ? '80' : '443') : url.port;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new CliError('unreachable', `--splunk-url: the name ${host} does not resolve`, EXIT.unavailable, {
      cause,
    });
  });
  return addresses.map(({ address, family }) => {
    const network = family === 6 ? `[${address}/128]` : `${address}/32`;
    return `${plain ? 'http+' : ''}${network}:${port}`;
  });
}
