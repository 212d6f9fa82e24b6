import { describe, expect, test } from 'vitest';
import { losableBackend, openShipped, recipeWith, testEnvironment } from '../../tests/engine';
import type { DeviceReport } from './jobs';

const ASKED = { recipe: recipeWith({}), gap: 3, tensor: 'self_attn.k_proj' } as const;
const ids = Array.from({ length: 24 }, (_, i) => i + 5);

const total = ({ kernels }: DeviceReport['jobs'][number]): number =>
  kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

describe('kernels', () => {
  test('nothing is timed until it is asked for', async () => {
    const engine = await openShipped();
    await engine.run('align', ASKED);
    expect(await engine.run('device', {})).toMatchObject({ timing: 'off', jobs: [], choices: [] });
    engine.dispose();
  });

  test('every job has its own table, latest first; what calls no kernel or runs beside others has none', async () => {
    const engine = await openShipped();
    await engine.run('timeKernels', { on: true });
    const { key } = await engine.run('align', ASKED);
    await engine.run('evaluate', { recipe: null, ids });
    await engine.run('picture', { key, kind: 'plan', maxPixels: 64 });
    // This one is cached.
    await engine.run('align', ASKED);
    const { timing, jobs } = await engine.run('device', {});
    expect(timing).toBe('on');
    expect(jobs.map(({ job, running }) => [job, running])).toEqual([
      ['evaluate', false],
      ['align', false],
    ]);
    for (const job of jobs) {
      expect(total(job)).toBeGreaterThan(0);
      expect(total(job)).toBeLessThanOrEqual(job.milliseconds);
      const times = job.kernels.map(({ milliseconds }) => milliseconds);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
    const names = jobs.map(({ kernels }) => kernels.map(({ name }) => name));
    expect(names[0]).toContain('attention');
    expect(names[1]).not.toContain('attention');
    expect(names.flat()).not.toContain('picture');

    await engine.run('timeKernels', { on: false });
    await engine.run('measure', { recipe: null, ids, groups: ['blocks'] });
    const later = await engine.run('device', {});
    expect(later).toMatchObject({ timing: 'off', jobs });
    engine.dispose();
  });

  test('a job shows its kernels while it runs, and after it was cancelled', async () => {
    const engine = await openShipped();
    await engine.run('timeKernels', { on: true });
    const controller = new AbortController();
    let during: Promise<DeviceReport> | undefined;
    const aligning = engine.run('align', ASKED, {
      signal: controller.signal,
      onEvent: ({ type }) => {
        if (type !== 'frame' || during) return;
        during = engine.run('device', {});
        void during.then(() => controller.abort());
      },
    });
    await expect(aligning).rejects.toThrow(/cancelled/);
    const { jobs: [job] = [], memory } = (await during) ?? expect.fail('no frame came');
    // Potentials of 64 rows and columns; after the solve they are kept off the device.
    expect(memory.byKind.plans).toBeGreaterThanOrEqual(4 * 2 * 64);
    expect(job).toMatchObject({ job: 'align', running: true });
    expect(job?.kernels.length).toBeGreaterThan(0);
    expect((await engine.run('device', {})).jobs).toMatchObject([{ job: 'align', running: false }]);
    engine.dispose();
  });

  test('timing goes on after the backend is started again', async () => {
    const engine = await openShipped();
    await engine.run('timeKernels', { on: true });
    await engine.run('start', { backend: 'cpu' });
    await engine.run('evaluate', { recipe: null, ids });
    expect((await engine.run('device', {})).jobs).toMatchObject([{ job: 'evaluate' }]);
    engine.dispose();
  });

  test('a backend without instruments says so, and measures nothing', async () => {
    const engine = await openShipped(testEnvironment(async () => losableBackend()));
    await engine.run('timeKernels', { on: true });
    await engine.run('evaluate', { recipe: null, ids: ids.slice(0, 4) });
    expect(await engine.run('device', {})).toMatchObject({ timing: 'unavailable', jobs: [], choices: [] });
    await expect(engine.run('bandwidth', {})).rejects.toThrow(/plain TypeScript/);
    engine.dispose();
  });
});

test('memory is told apart by what it is for', async () => {
  const engine = await openShipped();
  await engine.run('align', ASKED);
  const { memory } = await engine.run('device', {});
  const { byKind, peakByKind, bytes } = memory;
  // 64 rows of k_proj on both sides.
  expect(byKind.costs).toBe(4 * 64 * 64);
  expect(byKind.weights).toBeGreaterThan(byKind.costs);
  expect(Object.values(byKind).reduce((sum, part) => sum + part)).toBe(bytes);
  expect(byKind.activations).toBe(0);
  await engine.run('evaluate', { recipe: recipeWith({ gaps: [3] }), ids });
  expect((await engine.run('memory', {})).peakByKind.weights).toBeGreaterThan(peakByKind.weights);
  await engine.run('clear', {});
  expect(Object.values((await engine.run('memory', {})).byKind)).toEqual([0, 0, 0, 0, 0, 0]);
  engine.dispose();
});

test('the bandwidth of copies is measured, and leaves no trace in memory and kernels', async () => {
  const engine = await openShipped();
  await engine.run('timeKernels', { on: true });
  const before = await engine.run('device', {});
  const { bytesPerSecond, bytes } = await engine.run('bandwidth', {});
  expect(bytes).toBe(32 * 2 ** 20);
  // Anything a computer can do, from a slow one under load on.
  expect(bytesPerSecond).toBeGreaterThan(5e7);
  expect(bytesPerSecond).toBeLessThan(1e13);
  expect(await engine.run('device', {})).toEqual(before);
  engine.dispose();
});

test('the kernels of a picture that is drawn while the bandwidth is measured are not taken for those of the measurement', async () => {
  const engine = await openShipped();
  const { key } = await engine.run('align', ASKED);
  await engine.run('timeKernels', { on: true });
  const done = new AbortController();
  const measured = engine.run('bandwidth', {}).finally(() => done.abort());
  for (let size = 32; !done.signal.aborted; size++)
    await engine.run('picture', { key, kind: 'plan', maxPixels: size });
  await measured;
  expect((await engine.run('device', {})).jobs).toEqual([]);
  engine.dispose();
});
