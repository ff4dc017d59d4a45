import { Component, type ReactNode } from 'react';
import { PageHeader } from '../elements/page-header.tsx';

interface State {
  readonly error: Error | undefined;
}

/** Keeps a fault of one page from taking the others with it. */
export class PageGuard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <>
        <PageHeader title="This page failed" />
        <div className="notice bad" role="alert">
          <p>
            That is a fault of the console, not of your data: delivery goes on. Please report it with this
            line: <code>{error.message}</code>
          </p>
          <p>
            <a href={location.pathname}>Load the page again</a>
          </p>
        </div>
      </>
    );
  }
}
