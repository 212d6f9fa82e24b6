import { useEffect, useRef, useState } from 'react';
import type { Panes } from '../../../recipe/view';
import { useAppState } from '../../store/use-app';
import { CellAnnouncer } from '../picture/announcer';
import type { PaneName } from '../picture/scene';
import { Pane } from './pane';
import { PaneHead } from './pane-head';

const PANE_LISTS: Readonly<Record<Panes, readonly PaneName[]>> = {
  off: ['a'],
  both: ['a', 'b'],
  a: ['a'],
  b: ['b'],
  difference: ['difference'],
};

/** Height of a pane's head line, and the space between two panes, as in the style sheet. */
const HEAD = 26;
const GAP = 12;
/** Below this width in pixels two panes stand one above the other. */
const STACKED_BELOW = 560;

/** One picture, or two that share cursor and window. */
export function Heatmap() {
  const container = useRef<HTMLDivElement>(null);
  const [space, setSpace] = useState({ width: 0, height: 0 });
  const chosen = useAppState((state) => state.view.panes);
  const panes = PANE_LISTS[chosen];

  useEffect(() => {
    if (container.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSpace({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(container.current);
    return () => observer.disconnect();
  }, []);

  const stacked = panes.length > 1 && space.width < STACKED_BELOW;
  const width = panes.length > 1 && !stacked ? (space.width - GAP) / 2 : space.width;
  // Stacked panes set their own height, and their container grows with them.
  const height = stacked ? Infinity : space.height - (chosen === 'off' ? 0 : HEAD);
  return (
    <div ref={container} className="picture-room" data-panes={chosen} data-stacked={stacked}>
      {space.width > 0 &&
        panes.map((pane) => (
          <div key={pane} className="pane" data-pane={pane}>
            {chosen !== 'off' && <PaneHead pane={pane} />}
            <Pane pane={pane} width={width} height={height > 0 ? height : Infinity} />
          </div>
        ))}
      <CellAnnouncer />
    </div>
  );
}
