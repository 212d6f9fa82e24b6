import { type LinkState, linkFields } from '../../../recipe/link';
import { type LessonStates, stateAt, withFragment } from './step-state';

/** Fields that belong to the person and not to a step. */
const NOT_RECORDED: ReadonlySet<string> = new Set(['model', 'lesson', 'lesson-step', 'hide', 'presenter']);

function changes(from: LinkState, to: LinkState): [string, string][] {
  const before = linkFields(from);
  return [...linkFields(to)].filter(([key, text]) => !NOT_RECORDED.has(key) && before.get(key) !== text);
}

/** Returns the fragment that leads from one state to another. */
function difference(from: LinkState, to: LinkState): string {
  const written = (fields: [string, string][]) =>
    new URLSearchParams(fields).toString().replaceAll(/%(?:3A|2C|2F|40)/g, decodeURIComponent);
  const first = changes(from, to);
  // Another gap or tensor lets the chosen cell go, which is then to be named although it is the same as before.
  const rest = changes(withFragment(from, written(first)), to);
  return written([...first, ...rest]);
}

/**
 * Returns the present state as a step has it: relative to the end of the step before, or for the first to the lesson's own.
 * @param states those of the lesson and of its steps.
 */
export function recorded(states: LessonStates, index: number, present: LinkState): string {
  return difference(stateAt({ ...states, steps: states.steps.slice(0, index) }, index, present), present);
}
