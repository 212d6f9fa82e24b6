import type { ErrorInfo, ReactNode } from 'react';
import { Component } from 'react';

interface BoundaryState {
  readonly error?: Error;
}

/** Shows an error page if rendering fails. The link keeps the recipe. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = {};

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main className="crash">
        <h1>The page could not be drawn</h1>
        <p>
          {error.name}: {error.message}
        </p>
        <p>Your recipe is kept in this page’s address. Files you opened were only read.</p>
        <p className="row">
          <button type="button" className="button primary" onClick={() => location.reload()}>
            Reload with this recipe
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              history.replaceState(null, '', location.pathname + location.search);
              location.reload();
            }}
          >
            Start afresh
          </button>
        </p>
        <p>
          <label>
            Its link <input readOnly value={location.href} onFocus={(event) => event.target.select()} />
          </label>
        </p>
      </main>
    );
  }
}
