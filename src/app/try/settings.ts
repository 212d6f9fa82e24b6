import type { TermId } from '../../lessons/glossary/terms';
import { SAMPLING_RANGES, type View } from '../../recipe/view';
import { type Bounds, readNumber } from '../controls/real-field';

export type SettingName = keyof typeof SAMPLING_RANGES;

interface Setting {
  readonly name: SettingName;
  readonly label: string;
  readonly title: string;
  /** Its entry of the glossary. */
  readonly term: TermId;
}

export const SETTINGS: readonly Setting[] = [
  {
    name: 'temperature',
    label: 'Temperature',
    term: 'temperature',
    title: '0 takes the most probable token every time',
  },
  {
    name: 'topP',
    label: 'Top-p',
    term: 'top-p',
    title: 'Only the most probable tokens that together reach this are drawn from',
  },
  {
    name: 'trySeed',
    label: 'Seed',
    term: 'seed',
    title: 'The same seed on the same backend draws the same tokens',
  },
  { name: 'maxTokens', label: 'Tokens', term: 'token', title: 'At most as many new tokens' },
];

/** Bounds of a setting. The prompt takes at least one token of the context. */
export function settingBounds(name: SettingName, context: number): Bounds {
  const [low, high] = SAMPLING_RANGES[name];
  return {
    low,
    high: name === 'maxTokens' ? Math.max(1, Math.min(high, context - 1)) : high,
    above: name === 'topP',
    whole: name === 'maxTokens' || name === 'trySeed',
  };
}

/** Typed text that is not a valid value; the view keeps the value before. */
export type SettingDrafts = Partial<Readonly<Record<SettingName, string>>>;

/** Text of a field: its draft, or the view's value if that has changed since. */
export function settingText(name: SettingName, drafts: SettingDrafts, view: View, context: number): string {
  const draft = drafts[name];
  if (draft === undefined) return String(view[name]);
  const number = readNumber(draft, settingBounds(name, context));
  return number === undefined || number === view[name] ? draft : String(view[name]);
}

/** Returns what is wrong with a field; undefined if it is valid. */
export function settingProblem(name: SettingName, text: string, context: number): string | undefined {
  const bounds = settingBounds(name, context);
  if (readNumber(text, bounds) !== undefined) return undefined;
  const { low, high, above, whole } = bounds;
  const kind = whole ? 'a whole number' : 'a number';
  return `Expected ${kind} ${above ? 'above' : 'from'} ${low} to ${high}; got “${text}”.`;
}
