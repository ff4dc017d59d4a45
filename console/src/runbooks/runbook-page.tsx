import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { PageHeader } from '../elements/page-header.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { type Block, parseMarkdown } from './markdown.ts';
import { MarkdownView } from './markdown-view.tsx';
import { runbookFile } from './runbook-files.ts';
import './runbook-page.css';

type State =
  | { readonly kind: 'reading' }
  | { readonly kind: 'there'; readonly blocks: readonly Block[] }
  | { readonly kind: 'failed' };

/** A page of docs/operations as the service has it, or the list of them. */
export default function RunbookPage({ name }: { name: string | undefined }): ReactNode {
  const file = runbookFile(name);
  return file === undefined ? <NotFoundPage /> : <RunbookText name={name} file={file} />;
}

function RunbookText({ name, file }: { name: string | undefined; file: string }): ReactNode {
  const state = useText(file);
  const [first, ...rest] = state.kind === 'there' ? state.blocks : [];
  const title = first?.kind === 'heading' ? first.line.map(({ text }) => text).join('') : 'Runbook';
  return (
    <>
      {name !== undefined && (
        <p className="crumbs">
          <Link href="/runbooks">Runbooks</Link> / {name}
        </p>
      )}
      <PageHeader title={name === undefined ? 'Runbooks' : title} />
      {state.kind === 'reading' && <Skeleton tall />}
      {state.kind === 'failed' && (
        <div className="notice bad" role="alert">
          <p>
            <strong>This runbook did not come.</strong> The service is out of reach. The same page is in its
            package: <code>docs/operations/{name ?? 'README'}.md</code>
          </p>
        </div>
      )}
      {state.kind === 'there' && (
        <article className="runbook">
          <MarkdownView blocks={rest} />
        </article>
      )}
    </>
  );
}

function useText(file: string): State {
  const [state, setState] = useState<State>({ kind: 'reading' });
  useEffect(() => {
    const leaving = new AbortController();
    const read = async (): Promise<void> => {
      const next = await readText(file, leaving.signal);
      if (!leaving.signal.aborted) setState(next);
    };
    void read();
    return () => leaving.abort();
  }, [file]);
  return state;
}

async function readText(file: string, signal: AbortSignal): Promise<State> {
  try {
    const reply = await fetch(file, { signal });
    if (!reply.ok) return { kind: 'failed' };
    return { kind: 'there', blocks: parseMarkdown(await reply.text()) };
  } catch {
    // Out of reach, or left meanwhile.
    return { kind: 'failed' };
  }
}
