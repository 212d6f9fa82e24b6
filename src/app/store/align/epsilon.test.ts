import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openApp, picture, solved } from '../testing';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(200);

async function solvedApp() {
  const setup = await openApp({
    answers: {
      align: ({ recipe, from }) => solved(`eps ${recipe.solver.epsilon}`, from ? { continued: true } : {}),
      picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0),
    },
  });
  await settle();
  return setup;
}

describe('ε under the slider', () => {
  it('solves on from the alignment on show and leaves the recipe alone', async () => {
    const { app, engine } = await solvedApp();
    const before = app.store.getState().recipe;
    app.align.tryEpsilon(0.1);
    await settle();
    expect(engine.last('align').args).toMatchObject({
      recipe: { solver: { epsilon: 0.1 } },
      from: { key: 'eps 0.06' },
    });
    expect(app.store.getState().align.result?.continued).toBe(true);
    expect(app.store.getState().recipe).toBe(before);
  });

  it('goes on from one trial to the next, without solving for each of a fast drag', async () => {
    const { app, engine } = await solvedApp();
    for (let step = 1; step <= 60; step++) {
      app.align.tryEpsilon(step / 100);
      await vi.advanceTimersByTimeAsync(10);
    }
    await settle();
    const drag = engine.all('align').slice(1);
    expect(drag.length).toBeGreaterThan(1);
    expect(drag.length).toBeLessThan(8);
    expect(engine.last('align').args.recipe.solver.epsilon).toBe(0.6);
    const epsilons = [0.06, ...drag.map((call) => call.args.recipe.solver.epsilon)];
    expect(drag.map((call) => call.args.from?.key)).toEqual(
      epsilons.slice(0, -1).map((epsilon) => `eps ${epsilon}`),
    );
  });

  it('is one step back once it is let go, and is not solved again for that', async () => {
    const { app, engine } = await solvedApp();
    for (const epsilon of [0.07, 0.09, 0.2]) app.align.tryEpsilon(epsilon);
    await settle();
    const solves = engine.all('align').length;
    app.align.keepEpsilon();
    await settle();
    expect(engine.all('align')).toHaveLength(solves);
    expect(app.store.getState().recipe.current.solver.epsilon).toBe(0.2);
    expect(app.store.getState().recipe.past.map(({ recipe }) => recipe.solver.epsilon)).toEqual([0.06]);
    app.recipe.undo();
    await settle();
    expect(engine.last('align').args).toMatchObject({ recipe: { solver: { epsilon: 0.06 } } });
    expect(engine.last('align').args.from).toBeUndefined();
  });

  it('let go before its solve has begun still goes on', async () => {
    const { app, engine } = await solvedApp();
    app.align.tryEpsilon(0.3);
    app.align.keepEpsilon();
    await settle();
    expect(engine.last('align').args.from).toEqual({ key: 'eps 0.06' });
  });

  it('starts afresh where that is asked for, and for a typed ε', async () => {
    const { app, engine } = await solvedApp();
    app.align.tryEpsilon(0.3);
    await settle();
    app.align.keepEpsilon();
    app.align.again();
    await settle();
    expect(engine.last('align').args.from).toBeUndefined();
    app.recipe.setEpsilon(0.5);
    await settle();
    expect(engine.last('align').args.from).toBeUndefined();
  });

  it('does not go on from other neurons', async () => {
    const { app, engine } = await solvedApp();
    app.view.showTensor('k');
    app.align.tryEpsilon(0.3);
    await settle();
    expect(engine.last('align').args).toMatchObject({ tensor: 'self_attn.k_proj' });
    expect(engine.last('align').args.from).toBeUndefined();
  });

  it('shows the new solve, not one half-step of it', async () => {
    const { app } = await solvedApp();
    app.timeline.scrub(2);
    app.align.tryEpsilon(0.3);
    expect(app.store.getState().view.halfStep).toBeNull();
  });
});
