import { CONTROLS, type ControlName } from '../../../recipe/controls';
import type { WithLesson } from '../state/lesson';
import type { WithView } from '../state/view';

/** Controls that the presenter's view does without, so that the rest can be large. Their keys still work. */
const NOT_PRESENTED: ReadonlySet<ControlName> = new Set([
  'model',
  'backend',
  'about',
  'keys',
  'share',
  'export',
  'tower',
  'measure',
  'undo',
  'method-panel',
  'epsilon-rule',
  'seed',
  'parents',
  'solver',
  'result',
  'describe',
  'kernel',
  'save',
  'orders',
  'second',
  'null',
  'zoom',
  'curves',
  'readout',
  'inspector',
]);

/** The control around each control that is inside of another. */
const AROUND: Partial<Record<ControlName, ControlName>> = {
  measure: 'tower',
  undo: 'tower',
  'gap-presets': 'tower',
  method: 'method-panel',
  'epsilon-rule': 'method-panel',
  epsilon: 'method-panel',
  alpha: 'method-panel',
  seed: 'method-panel',
  'zero-start': 'method-panel',
  parents: 'method-panel',
  solver: 'method-panel',
  cost: 'solver',
  evaluate: 'result',
};

/** A control and those around it. */
function withAround(name: ControlName | undefined): ControlName[] {
  return name === undefined ? [] : [name, ...withAround(AROUND[name])];
}

/**
 * Controls that are not shown: those of the view, and in the presenter's view those that it does without, except what the step
 * of a lesson points at.
 */
export function hiddenControls({ view, lesson }: WithView & WithLesson): readonly ControlName[] {
  if (!view.presenter) return view.hide;
  const needed = withAround(lesson.lesson?.steps[view.step - 1]?.point);
  return CONTROLS.filter(
    (name) => view.hide.includes(name) || (NOT_PRESENTED.has(name) && !needed.includes(name)),
  );
}
