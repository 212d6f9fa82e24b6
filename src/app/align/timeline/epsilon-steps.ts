/** Range of ε on the slider; the typed field takes any value above 0. */
const LOW = 1e-3;
const HIGH = 1;
export const EPSILON_STEPS = 300;

/** Slider step of an ε, clamped to the range. */
export function toSlider(epsilon: number): number {
  const step = (EPSILON_STEPS * Math.log(epsilon / LOW)) / Math.log(HIGH / LOW);
  return Math.round(Math.max(0, Math.min(EPSILON_STEPS, step)));
}

/** ε of a slider step, rounded to two digits. */
export function fromSlider(step: number): number {
  return Number((LOW * (HIGH / LOW) ** (step / EPSILON_STEPS)).toPrecision(2));
}
