import { SAMPLING_RANGES, type View } from '../../recipe/view';
import { type Bounds, readNumber } from '../controls/real-field';

export type SettingName = keyof typeof SAMPLING_RANGES;

interface Setting {
  readonly name: SettingName;
  readonly label: string;
  readonly title: string;
}

export const SETTINGS: readonly Setting[] = [
  { name: 'temperature', label: 'Temperature', title: '0 takes the most probable token every time' },
  {
    name: 'topP',
    label: 'Top-p',
    title: 'Only the most probable tokens that together reach this are drawn from',
  },
  { name: 'trySeed', label: 'Seed', title: 'The same seed on the same backend draws the same tokens' },
  { name: 'maxTokens', label: 'Tokens', title: 'At most as many new tokens' },
];

/** What a setting may be. The prompt takes at least one token of the context. */
export function boundsOf(name: SettingName, context: number): Bounds {
  const [low, high] = SAMPLING_RANGES[name];
  return {
    low,
    high: name === 'maxTokens' ? Math.max(1, Math.min(high, context - 1)) : high,
    above: name === 'topP',
    whole: name === 'maxTokens' || name === 'trySeed',
  };
}

/** What was typed that is not in force: it is no value, so the view keeps the one before. */
export type Drafts = Partial<Readonly<Record<SettingName, string>>>;

/** What a field shows: what is being typed, unless the view has changed under it. */
export function shownText(name: SettingName, drafts: Drafts, view: View, context: number): string {
  const draft = drafts[name];
  if (draft === undefined) return String(view[name]);
  const number = readNumber(draft, boundsOf(name, context));
  return number === undefined || number === view[name] ? draft : String(view[name]);
}

/** What is wrong with a field, in words; undefined where nothing is. */
export function problemOf(name: SettingName, text: string, context: number): string | undefined {
  const bounds = boundsOf(name, context);
  if (readNumber(text, bounds) !== undefined) return undefined;
  const { low, high, above, whole } = bounds;
  const kind = whole ? 'a whole number' : 'a number';
  return `Expected ${kind} ${above ? 'above' : 'from'} ${low} to ${high}; got “${text}”.`;
}
