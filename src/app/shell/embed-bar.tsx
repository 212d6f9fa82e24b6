import { pageUrl } from './page-url';
import { ShowAll } from './show-all';
import { useApp } from '../store/use-app';

/** The line that stands for the header where another page shows this one. */
export function EmbedBar() {
  const app = useApp();
  // The address is read when it is needed, since it changes with everything that is done on the page.
  const refresh = ({ currentTarget }: { currentTarget: HTMLAnchorElement }) => {
    currentTarget.href = pageUrl(app);
  };
  return (
    <div className="embed-bar">
      <strong>Interlayer</strong>
      <ShowAll />
      <a
        href={pageUrl(app)}
        target="_blank"
        rel="noopener noreferrer"
        onFocus={refresh}
        onPointerDown={refresh}
        onClick={refresh}
      >
        Open in a new tab
      </a>
    </div>
  );
}
