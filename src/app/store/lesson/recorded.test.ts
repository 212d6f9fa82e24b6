import { expect, it } from 'vitest';
import { METHOD_IDS } from '../../../engine/methods';
import { decodeLink, type LinkState } from '../../../recipe/link';
import { recorded } from './recorded';
import { stateAt } from './step-state';

const at = (fragment: string): LinkState => decodeLink(fragment, METHOD_IDS).state;

it('records what differs from the end of the step before, and not what belongs to the person', () => {
  const steps = [{ state: 'tensor=k' }, { state: 'picture=cost', show: { state: 'eps=0.2' } }];
  const present = at('eps=0.2&tensor=v&picture=cost&hide=share&presenter=on&lesson=epsilon');
  expect(recorded({ state: 'order=index', steps }, 0, at('order=index&tensor=k'))).toBe('tensor=k');
  expect(recorded({ steps }, 2, present)).toBe('tensor=v');
  expect(recorded({ state: 'order=index', steps }, 2, present)).toBe('tensor=v&order=matched');
});

it('leads to the recorded state, also where another tensor lets the chosen cell go', () => {
  const lesson = { steps: [{ state: 'tensor=k&cell=3.4' }] };
  const present = at('tensor=v&cell=3.4&prompt=A b&gaps=4,5&method=opt-deus:hard');
  const state = recorded(lesson, 1, present);
  const steps = [...lesson.steps, { state }];
  expect(stateAt({ steps }, 1, at(''))).toEqual(present);
});
