import type { Egress } from '../../src/egress/egress.ts';

const METADATA_HOST = '169.254.169.254';

/**
 * An egress on which the metadata address of a machine is at `url`, as it would be on a virtual machine: for token calls
 * only. Everything else goes through `egress` as it is.
 */
export function withMetadataAt(url: string, egress: Egress): Egress {
  return {
    request(request) {
      if (request.url.hostname !== METADATA_HOST) return egress.request(request);
      const { purpose, ...rest } = request;
      if (purpose !== 'managed_identity_token') return egress.request(request);
      return egress.request({ ...rest, url: new URL(request.url.pathname + request.url.search, url) });
    },
    close: () => egress.close(),
  };
}
