import { describe, expect, it } from 'vitest';
import { openApp } from '../testing';
import { ignoredSettings } from './ignored';

const ignored = async (fragment: string) => {
  const { app } = await openApp({ fragment });
  return ignoredSettings(app.store.getState());
};

describe('what an arms preset ignores of the settings beside it', () => {
  it('is what it sets itself, and what none of its methods reads', async () => {
    const own = ['method', 'gaps', 'zeroInit', 'alpha', 'group', 'slices', 'parents', 'structured'];
    expect(await ignored('tab=compare&arms=paper')).toEqual(own);
    expect(await ignored('tab=compare&arms=alignment')).toEqual(['method', 'zeroInit', 'slices', 'parents']);
    expect(await ignored('tab=compare&arms=positions')).toEqual(
      own.filter((setting) => setting !== 'alpha' && setting !== 'group'),
    );
    expect(await ignored('tab=compare')).toEqual(['method']);
  });

  it('is the seed, too, in a race: its seeds are those of the training', async () => {
    expect(await ignored('tab=train&race=alignment')).toEqual([
      'method',
      'zeroInit',
      'slices',
      'parents',
      'seed',
    ]);
    expect(await ignored('tab=train&race=count')).toContain('gaps');
    expect(await ignored('tab=train&race=own')).toEqual([]);
    expect(await ignored('tab=align')).toEqual([]);
  });
});
