import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { EmptyState } from '../elements/empty-state.tsx';
import { PageHeader } from '../elements/page-header.tsx';

export function NotFoundPage(): ReactNode {
  return (
    <>
      <PageHeader title="Nothing here" />
      <EmptyState title="There is no page at this address.">
        <p>
          <Link href="/">Go to the overview</Link>, which shows every destination.
        </p>
      </EmptyState>
    </>
  );
}
