import { describe, expect, it, vi } from 'vitest';
import { recipeGaps } from '../../methods/gaps';
import { openApp } from '../testing';

describe('the recipe', () => {
  it('is undone and redone change by change', async () => {
    const { app } = await openApp();
    const before = app.store.getState().recipe.current;
    app.recipe.setMethod('average');
    app.recipe.setSeed(9);
    const after = app.store.getState().recipe.current;
    app.recipe.undo();
    expect(app.store.getState().recipe.current).toEqual({ ...before, method: 'average' });
    app.recipe.undo();
    app.recipe.undo();
    expect(app.store.getState().recipe.current).toEqual(before);
    app.recipe.redo();
    app.recipe.redo();
    app.recipe.redo();
    expect(app.store.getState().recipe.current).toEqual(after);
  });

  it('takes one drag of a slider as one step, and two controls as two', async () => {
    const { app } = await openApp();
    const clock = vi.spyOn(performance, 'now');
    let now = 10_000;
    clock.mockImplementation(() => (now += 50));
    for (const epsilon of [0.05, 0.04, 0.03]) app.recipe.setEpsilon(epsilon);
    app.recipe.setSeed(1);
    clock.mockRestore();
    app.recipe.undo();
    expect(app.store.getState().recipe.current.solver.epsilon).toBe(0.03);
    app.recipe.undo();
    expect(app.store.getState().recipe.current.solver.epsilon).toBe(0.06);
  });

  it('drops the redone branch at a new change', async () => {
    const { app } = await openApp();
    app.recipe.setSeed(1);
    app.recipe.undo();
    app.recipe.setMethod('average');
    app.recipe.redo();
    expect(app.store.getState().recipe.current).toMatchObject({ seed: 0, method: 'average' });
  });

  it('takes settings of a race into the same history, whichever was changed last', async () => {
    const { app } = await openApp({ fragment: 'tab=train' });
    const shown = () => {
      const { recipe, view, race } = app.store.getState();
      const { minutes, seeds } = view;
      return [recipe.current.training.rate, minutes, seeds, recipe.current.seed, race.own.length];
    };
    const own = { id: '1', title: 'Mine', recipe: app.store.getState().recipe.current };
    const states = [shown()];
    for (const change of [
      () => app.recipe.setSeed(3),
      () => app.recipe.setTraining({ rate: 0.01 }),
      () => app.recipe.setRace({ minutes: null, seeds: 4 }),
      () => app.recipe.setOwnArms('add', (arms) => [...arms, own]),
      () => app.recipe.setTraining({ rate: 0.02 }),
      () => app.recipe.setRace({ minutes: 9 }),
    ]) {
      change();
      states.push(shown());
    }
    expect(new Set(states.map(String)).size).toBe(7);
    for (const before of states.slice(0, -1).toReversed()) {
      app.recipe.undo();
      expect(shown()).toEqual(before);
    }
    for (const after of states.slice(1)) {
      app.recipe.redo();
      expect(shown()).toEqual(after);
    }
    // A setting that stays as it is makes no step.
    app.recipe.setRace({ minutes: 9 });
    app.recipe.undo();
    expect(shown()).toEqual(states.at(-2));
  });

  it('makes a named set a list when a gap is added or removed, and keeps the last block', async () => {
    const { app } = await openApp({ fragment: 'gaps=3' });
    app.recipe.toggleGap(5);
    expect(app.store.getState().recipe.current.gaps).toEqual([3, 5]);
    app.recipe.toggleGap(3);
    app.recipe.toggleGap(5);
    expect(app.store.getState().recipe.current.gaps).toEqual([5]);
  });

  it('takes parents by hand for a gap, and the adjacent blocks as none', async () => {
    const { app } = await openApp();
    const parents = () => app.store.getState().recipe.current.parents;
    app.recipe.setParents(4, [2, 7]);
    app.recipe.setParents(6, [1, 1]);
    expect(parents()).toEqual({ 4: [2, 7], 6: [1, 1] });
    app.recipe.setParents(4, [4, 5]);
    expect(parents()).toEqual({ 6: [1, 1] });
    app.recipe.undo();
    app.recipe.resetParents();
    expect(parents()).toEqual({});
    app.recipe.undo();
    expect(parents()).toEqual({ 4: [2, 7], 6: [1, 1] });
  });

  it('gives up the gap above the last block with the method that could fill it', async () => {
    const { app } = await openApp({ fragment: 'method=llama-pro&gaps=3,7' });
    app.recipe.setMethod('opt-deus:paper');
    expect(app.store.getState().recipe.current.gaps).toEqual([3]);
    app.recipe.undo();
    expect(app.store.getState().recipe.current.gaps).toEqual([3, 7]);
  });
});

describe('gaps of a recipe', () => {
  it('are those the model has, each once, ascending', async () => {
    const { app } = await openApp();
    const recipe = app.store.getState().recipe.current;
    expect(recipeGaps({ ...recipe, gaps: [5, 3, 3, 40, 7] }, 8)).toEqual([3, 5]);
    expect(recipeGaps({ ...recipe, gaps: 'top' }, 8)).toEqual([3, 4, 5, 6]);
    expect(recipeGaps({ ...recipe, gaps: 'top' }, 0)).toEqual([]);
    expect(recipeGaps({ ...recipe, gaps: [9] }, 8)).toEqual([]);
    // A gap above the last block has two parents only if the user chose them.
    expect(recipeGaps({ ...recipe, gaps: [3, 7], parents: { 7: [5, 6] } }, 8)).toEqual([3, 7]);
    expect(recipeGaps({ ...recipe, method: 'solar', gaps: [7], parents: { 7: [5, 6] } }, 8)).toEqual([]);
    expect(recipeGaps({ ...recipe, method: 'llama-pro', gaps: 'spread' }, 8)).toEqual([1, 3, 5, 7]);
  });
});
