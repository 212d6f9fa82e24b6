import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine';
import type { JobName, Jobs } from '../../src/engine/jobs';
import { losableBackend, openShipped, recipeWith, reference, testEnvironment } from '../engine';
import { JOBS as SMALL_JOBS, openSmall } from './jobs';

type Losable = ReturnType<typeof losableBackend>;

const ids = reference.forward.ids.slice(0, 16);

/** Opens an engine whose first device is lost at operation `lostAt`, and later devices at `againAt`. */
async function losable(lostAt: number, again = Infinity): Promise<{ engine: Engine; opened: Losable[] }> {
  const opened: Losable[] = [];
  const engine = await openShipped(
    testEnvironment(async () => {
      const backend = losableBackend(opened.length === 0 ? lostAt : again);
      opened.push(backend);
      return backend;
    }),
  );
  return { engine, opened };
}

const JOBS = {
  align: { recipe: recipeWith({}), gap: 3, tensor: 'self_attn.k_proj' },
  evaluate: { recipe: recipeWith({ gaps: [3] }), ids, compareWithBase: true },
  generate: { recipe: null, ids: ids.slice(0, 4), maxTokens: 5, temperature: 0, topP: 1, seed: 0 },
  export: { recipe: recipeWith({ gaps: [3] }), name: 'deeper', destination: { kind: 'zip' } },
} as const satisfies { [N in JobName]?: Jobs[N]['args'] };

/** Removes from a result what differs between any two runs. */
const comparable = (result: object): object =>
  Object.fromEntries(
    Object.entries(result).filter(([name]) => !['key', 'milliseconds', 'blob'].includes(name)),
  );

const NAMES = [
  ['align', 'aligning', 'plan'],
  ['evaluate', 'expanding and evaluating', 'losses'],
  ['generate', 'generating', 'text'],
  ['export', 'exporting', 'files'],
] as const;

describe('simulated GPU', () => {
  for (const [name, doing, result] of NAMES)
    test(`device lost while ${doing} → the job repeats on a new device, with the same ${result}`, async () => {
      const whole = await losable(Infinity);
      const expected = comparable(await whole.engine.run(name, JOBS[name]));
      const operations = whole.opened[0]?.operations ?? 0;
      expect(operations).toBeGreaterThan(10);
      for (const share of [0, 0.4, 0.999]) {
        const { engine, opened } = await losable(Math.floor(share * operations));
        const labels: string[] = [];
        const result = await engine.run(name, JOBS[name], {
          onEvent: (event) => event.type === 'progress' && labels.push(event.progress.label),
        });
        expect(comparable(result)).toEqual(expected);
        expect(labels.some((label) => label.includes('lost'))).toBe(true);
        expect(opened.map(({ disposed }) => disposed)).toEqual([true, false]);
        await engine.run('clear', {});
        expect((await engine.run('memory', {})).tensors).toBe(0);
      }
    });

  test('device lost twice in one job → a typed error, and the next job starts afresh', async () => {
    const opened: Losable[] = [];
    const engine = await openShipped(
      testEnvironment(async () => {
        const backend = losableBackend(opened.length < 2 ? 20 : Infinity);
        opened.push(backend);
        return backend;
      }),
    );
    await expect(engine.run('evaluate', JOBS.evaluate)).rejects.toMatchObject({ name: 'DeviceLostError' });
    expect(opened).toHaveLength(2);
    expect((await engine.run('evaluate', JOBS.evaluate)).tokens).toBe(15);
    expect(opened).toHaveLength(3);
  });

  test('device lost and none to be had again → an error, not results of the CPU under its name', async () => {
    let count = 0;
    const engine = await openShipped(
      testEnvironment(async () => {
        if (count++ > 0) throw new Error('the driver is gone');
        return losableBackend(5);
      }),
    );
    await expect(engine.run('evaluate', JOBS.evaluate)).rejects.toThrow('the driver is gone');
  });

  test('device lost after aligning → pictures and numbers of the plan are made again', async () => {
    const whole = await losable(Infinity);
    const { key } = await whole.engine.run('align', JOBS.align);
    const operations = whole.opened[0]?.operations ?? 0;
    const look = async (engine: Engine, key: string) => [
      await engine.run('picture', { key, kind: 'plan', halfStep: 4, maxPixels: 16 }),
      await engine.run('cell', { key, row: 1, column: 2 }),
    ];
    const expected = (await look(whole.engine, key)).map(comparable);

    for (const [lostAt, between] of [
      [operations + 2, false],
      [operations + 10, true],
    ] as const) {
      const { engine, opened } = await losable(lostAt);
      const aligned = await engine.run('align', JOBS.align);
      // Either the picture or an earlier job hits the loss.
      if (between) await engine.run('evaluate', JOBS.evaluate);
      expect((await look(engine, aligned.key)).map(comparable)).toEqual(expected);
      expect(opened).toHaveLength(2);
      await engine.run('clear', {});
      expect((await engine.run('memory', {})).tensors).toBe(0);
      await expect(engine.run('cell', { key: 'never made', row: 1, column: 2 })).rejects.toThrow(
        /align again/,
      );
    }
  });

  test('device lost while a picture and a solve share it → one new device for both', async () => {
    const whole = await losable(Infinity);
    const expected = comparable(await whole.engine.run('align', JOBS.align));
    const { engine, opened } = await losable(60);
    const pictures: Promise<unknown>[] = [];
    const solved = await engine.run('align', JOBS.align, {
      onEvent: (event) => {
        if (event.type !== 'frame') return;
        const { key } = event.frame;
        pictures.push(
          engine.run('picture', { key, kind: 'plan', maxPixels: 16 }).catch((error: unknown) => error),
        );
      },
    });
    await Promise.all(pictures);
    expect(comparable(solved)).toEqual(expected);
    expect(opened).toHaveLength(2);
    await engine.run('clear', {});
    expect((await engine.run('memory', {})).tensors).toBe(0);
  });

  test('device lost while training → it goes on from the last kept state on a new device, to the same numbers', async () => {
    const [, asked] = SMALL_JOBS.training;
    const { training } = asked.recipe;
    const request = { ...asked, recipe: { ...asked.recipe, training: { ...training, steps: 14 } } };
    const whole = losableBackend();
    const calm = await openSmall(async () => whole);
    const before = whole.operations;
    const { losses } = await calm.run('train', request);
    const used = whole.operations - before;
    calm.dispose();
    // Lost late in the run, long after the state of step 10 was kept.
    const devices = [losableBackend(before + Math.floor(0.93 * used)), losableBackend()];
    let opened = 0;
    const engine = await openSmall(async () => devices[opened++] ?? losableBackend());
    const steps: number[] = [];
    const result = await engine.run('train', request, {
      onEvent: (event) => event.type === 'step' && steps.push(event.step.step),
    });
    expect(opened).toBe(2);
    expect(result.losses).toEqual(losses);
    // It restarted after a step whose state was kept, not from the start.
    const resumed = steps.findIndex((step, i) => i > 0 && step <= (steps[i - 1] ?? 0));
    expect(steps[resumed]).toBe(11);
    engine.dispose();
  });
});
