import type { ReactNode } from 'react';
import { EmptyState } from '../elements/empty-state.tsx';
import { PageHeader } from '../elements/page-header.tsx';
import { RunbookLink } from '../elements/runbook-link.tsx';
import { useMay } from '../session/session.ts';
import { ApiKeyList } from './api-key-list.tsx';
import { CheckpointKeyList } from './checkpoint-key-list.tsx';
import './keys.css';

/** Keys for those who use the service, and keys for those who check it. */
export default function KeysPage(): ReactNode {
  const mayManage = useMay('admin');
  const mayAudit = useMay('audit:read');
  return (
    <>
      <PageHeader
        title="Keys"
        lead={
          <>
            Who may do what, and what proves that the SIEM has everything.{' '}
            <RunbookLink name="leaked-api-key" />, <RunbookLink name="key-rotation" />
          </>
        }
      />
      {mayManage && <ApiKeyList />}
      {mayAudit && <CheckpointKeyList />}
      {!mayManage && !mayAudit && (
        <EmptyState title="Nothing here for you">
          <p>
            API keys are made by administrators (<code>admin</code>); checkpoint keys are for auditors (
            <code>audit:read</code>).
          </p>
        </EmptyState>
      )}
    </>
  );
}
