import { Suspense, lazy } from 'react';
import { SaveIcon } from '../../controls/icons';
import { Popover } from '../../controls/popover';
import { useApp, useAppState } from '../../store/use-app';

const SaveMenu = lazy(async () => ({ default: (await import('../figures/save-menu')).SaveMenu }));

/** Buttons to describe, save and check what the stage shows. */
export function StageTools() {
  const { view } = useApp();
  const describe = useAppState((state) => state.view.describe);
  const kernel = useAppState((state) => state.view.kernel);
  return (
    <div className="stage-tools">
      <button
        type="button"
        className="tool"
        data-control="describe"
        aria-pressed={describe}
        title="The picture in words (D)"
        onClick={() => view.show({ describe: !describe })}
      >
        Describe
      </button>
      <button
        type="button"
        className="tool"
        data-control="kernel"
        aria-pressed={kernel !== 'none'}
        title="The kernel that made the picture (W)"
        onClick={() => view.show({ kernel: kernel === 'none' ? 'sinkhorn' : 'none' })}
      >
        Kernel
      </button>
      <Popover
        control="save"
        className="tool"
        label={
          <>
            <SaveIcon /> Save
          </>
        }
        title="Save"
      >
        {() => (
          <Suspense fallback={<p className="hint">…</p>}>
            <SaveMenu />
          </Suspense>
        )}
      </Popover>
    </div>
  );
}
