import type { ReactNode } from 'react';
import type { Destination } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { PageHeader } from '../elements/page-header.tsx';

export default function DestinationPage({ destinationId }: { destinationId: string }): ReactNode {
  const { data } = useResource<Destination>(`/v1/siem/destinations/${destinationId}`);
  return <PageHeader title={data?.name ?? 'Destination'} />;
}
