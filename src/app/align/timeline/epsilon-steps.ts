/** The range of ε that can be reached by dragging; the typed field takes any above 0. */
const LOW = 1e-3;
const HIGH = 1;
export const EPSILON_STEPS = 300;

/** Where an ε lies on the slider, in steps; outside the range at its ends. */
export function toSlider(epsilon: number): number {
  const step = (EPSILON_STEPS * Math.log(epsilon / LOW)) / Math.log(HIGH / LOW);
  return Math.round(Math.max(0, Math.min(EPSILON_STEPS, step)));
}

/** The ε of a step, to two digits: finer than anyone can drag. */
export function fromSlider(step: number): number {
  return Number((LOW * (HIGH / LOW) ** (step / EPSILON_STEPS)).toPrecision(2));
}
