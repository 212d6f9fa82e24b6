import { ActionButton } from '../../controls/action-button';
import { useApp, useAppState } from '../../store/use-app';

const STEP = 2;

export function ZoomButtons() {
  const { camera } = useApp();
  const out = useAppState((state) => (state.view.window === null ? 'All of it is in sight' : undefined));
  return (
    <div className="segments zoom" role="group" aria-label="Zoom" data-control="zoom">
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => camera.zoomTo(STEP)}>
        +
      </button>
      <ActionButton
        aria-label="Zoom out"
        title="Zoom out (−)"
        unavailable={out}
        onClick={() => camera.zoomTo(1 / STEP)}
      >
        −
      </ActionButton>
      <ActionButton
        aria-label="Show all"
        title="Show all of it (0)"
        unavailable={out}
        onClick={() => camera.goTo(null)}
      >
        all
      </ActionButton>
    </div>
  );
}
