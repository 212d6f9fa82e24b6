import { Suspense } from 'react';
import { deferred } from '../../controls/deferred';
import { TermMark } from '../../glossary/term';
import { ActionButton } from '../../controls/action-button';
import { SaveIcon } from '../../controls/icons';
import { Popover } from '../../controls/popover';
import { nullProblem, showsNull } from '../../store/derived/null';
import { useApp, useAppState } from '../../store/use-app';

const SaveMenu = deferred(async () => ({ default: (await import('../figures/save-menu')).SaveMenu }));

/** Shows a second picture beside the first. */
function SecondButton() {
  const { view } = useApp();
  const panes = useAppState((state) => state.view.panes);
  return (
    <button
      type="button"
      className="tool"
      data-control="second"
      aria-pressed={panes !== 'off'}
      title="A second picture beside this one: another method, ε, gap or tensor (V)"
      onClick={() => (panes === 'off' ? view.openSecond() : view.closeSecond())}
    >
      A | B
    </button>
  );
}

/** Shows beside the plan what the same solve makes of rows with nothing to align. */
function NullButton() {
  const { view } = useApp();
  const shown = useAppState(showsNull);
  const problem = useAppState(nullProblem);
  return (
    <ActionButton
      className="tool"
      data-control="null"
      aria-pressed={shown}
      title="The same solve with the entries of every row of the next block shuffled, so that nothing is left to align (N)"
      unavailable={problem}
      onClick={view.toggleNull}
    >
      Beside its null
    </ActionButton>
  );
}

/** Buttons to put a second picture beside the first, and to describe, save and check what the stage shows. */
export function StageTools() {
  const { view } = useApp();
  const describe = useAppState((state) => state.view.describe);
  const kernel = useAppState((state) => state.view.kernel);
  return (
    <div className="stage-tools">
      <SecondButton />
      <NullButton />
      <TermMark id="null" />
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
