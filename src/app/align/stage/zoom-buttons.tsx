import { useApp, useAppState } from '../../store/use-app';

const STEP = 2;

export function ZoomButtons() {
  const { camera } = useApp();
  const out = useAppState((state) => (state.view.window === null ? 'All of it is in sight' : undefined));
  return (
    <div className="segments zoom" role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => camera.zoomTo(STEP)}>
        +
      </button>
      <button
        type="button"
        aria-label="Zoom out"
        title={out ?? 'Zoom out (−)'}
        aria-disabled={out !== undefined}
        onClick={() => camera.zoomTo(1 / STEP)}
      >
        −
      </button>
      <button
        type="button"
        aria-label="Show all"
        title={out ?? 'Show all of it (0)'}
        aria-disabled={out !== undefined}
        onClick={() => camera.goTo(null)}
      >
        all
      </button>
    </div>
  );
}
