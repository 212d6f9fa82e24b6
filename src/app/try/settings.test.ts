import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEW } from '../../recipe/view';
import { percent } from './percent';
import { showWhiteSpace } from './white-space';
import { lossDifference, differenceScale, meanLoss } from './loss-scales';
import { settingProblem, settingText } from './settings';

describe('settings of a continuation', () => {
  it.each([
    ['temperature', '10', undefined],
    ['temperature', '10.01', 'Expected a number from 0 to 10; got “10.01”.'],
    ['topP', '0', 'Expected a number above 0 to 1; got “0”.'],
    ['topP', '0,5', undefined],
    ['maxTokens', '31', undefined],
    // The prompt needs one token of the context.
    ['maxTokens', '32', 'Expected a whole number from 1 to 31; got “32”.'],
    ['maxTokens', '1.5', 'Expected a whole number from 1 to 31; got “1.5”.'],
    ['trySeed', '', 'Expected a whole number from 0 to 999999999; got “”.'],
  ] as const)('%s of %s', (name, text, problem) => {
    expect(settingProblem(name, text, 32)).toBe(problem);
  });

  it('show what is being typed until the view has another value', () => {
    const shown = (drafts: object) => settingText('temperature', drafts, DEFAULT_VIEW, 32);
    expect(shown({})).toBe('0.8');
    expect(shown({ temperature: '0.80' })).toBe('0.80');
    expect(shown({ temperature: '12' })).toBe('12');
    expect(shown({ temperature: '3' })).toBe('0.8');
  });
});

it('tokens show their white space', () => {
  expect(showWhiteSpace(' a\n\t')).toBe('␣a↵⇥');
});

it.each([
  [0.4123, '41.2 %'],
  [0, '0 %'],
  [1e-5, '1.0·10⁻³ %'],
])('%f is %s', (value, words) => {
  expect(percent(value)).toBe(words);
});

it('differences have a range that is the same either way, and none where texts differ', () => {
  const change = lossDifference(Float32Array.of(1, 2), Float32Array.of(2, 1.5)) ?? new Float32Array();
  expect([...change]).toEqual([-1, 0.5]);
  expect(differenceScale([change])).toMatchObject({ low: -1, high: 1, map: 'diverging' });
  expect(differenceScale([Float32Array.of(0)])).toMatchObject({ low: -0.01, high: 0.01 });
  expect(lossDifference(Float32Array.of(1), Float32Array.of(1, 2))).toBeUndefined();
  expect(meanLoss(Float32Array.of(1, 4))).toBe(2.5);
});
