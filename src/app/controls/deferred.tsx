import { type ComponentType, lazy, useState } from 'react';

/**
 * A component whose script is loaded when it is first shown. If the script does not come, for example without a connection, that
 * place says so and offers to try again; the rest of the page stays as it is.
 */
export function deferred<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  function Missing(props: Props) {
    const [Found, setFound] = useState<ComponentType<Props>>();
    if (Found !== undefined) return <Found {...props} />;
    const again = (): void =>
      void load().then(
        (found) => setFound(() => found.default),
        () => undefined,
      );
    return (
      <div className="nothing problem-box" role="alert">
        <p>
          Expected this part of the page from its server, got none. Check the connection and try again; if the
          page was replaced by another version meanwhile, reload it.
        </p>
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      </div>
    );
  }
  return lazy(async () => {
    try {
      return await load();
    } catch {
      return { default: Missing };
    }
  });
}
