import type { ReactNode } from 'react';
import { PageHeader } from '../elements/page-header.tsx';

export default function AddDestinationPage(): ReactNode {
  return <PageHeader title="Add a destination" />;
}
