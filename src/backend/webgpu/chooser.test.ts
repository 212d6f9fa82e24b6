import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../tests/random';
import * as reference from '../../../tests/reference';
import { Subject } from '../../../tests/subject';
import { BackendError } from '../errors';
import type { BackendInfo } from '../operations';
import { WebGpuBackend } from './backend';
import { acquireDevice } from './device';
import { openDawn } from './node';
import { PipelineCache } from './pipeline-cache';
import type { ChoiceMemory } from './products/choice';
import { Chooser } from './products/chooser';
import { matmulProduct } from './products/matmul';
import type { TableRow } from './products/table';
import { Trials } from './products/trials';
import { nameOf, type Variant } from './products/variant';

const row = (variant: Variant): TableRow => ({ variant, sizes: ['tiny', 'few'], software: true });
/** The rows of its staged tile overlap. */
const WRONG = row({ machine: 'tiles', tile: [32, 32, 16], block: [4, 4], pad: -4 });
/** The stride of its staged tile is a negative number, which is no WGSL. */
const BROKEN = row({ machine: 'tiles', tile: [32, 32, 16], block: [4, 4], pad: -64 });
const RIGHT = row({ machine: 'direct', block: [4, 4] });
const ALSO_RIGHT = row({ machine: 'few rows', lanes: 1, subgroups: false });

const openWith = async (table: readonly TableRow[]): Promise<WebGpuBackend> =>
  WebGpuBackend.open(await openDawn(), { table });

describe('a kernel that is wrong', () => {
  const subject = new Subject({ open: () => openWith([WRONG, BROKEN, RIGHT]), toleranceScale: 1 });
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());

  it('is never chosen, nor one that does not compile', async () => {
    const a = subject.operand([40, 36]);
    const b = subject.operand([36, 48], 'f32', new Random(2).normals(36 * 48));
    const { values, magnitude } = reference.product('nn', a.values, b.values, 40, 48, 36);
    const made = subject.backend.matmul(a.tensor, b.tensor);
    await subject.expectClose(made, values, { tolerance: 4e-6, magnitude });
    expect((subject.backend as WebGpuBackend).choices()).toEqual([
      { shapeClass: 'matmul nn f32×f32, tiny', variant: 'direct 4×4' },
    ]);
  });

  it('is an error by name where there is no other', async () => {
    const backend = await openWith([WRONG, BROKEN]);
    const x = backend.zeros([36, 36], 'x');
    const made = backend.matmul(x, x);
    const read = backend.read(made);
    await expect(read).rejects.toThrow(BackendError);
    await expect(read).rejects.toThrow(/matmul nn f32×f32, tiny right/);
    backend.dispose();
  });
});

describe('choices on a GPU', () => {
  const table = [WRONG, RIGHT, ALSO_RIGHT];
  const names = [RIGHT, ALSO_RIGHT].map(({ variant }) => nameOf(variant));
  const shapeClass = 'matmul nt f32×f32, 1 row';
  const sizes = { rows: 1, columns: 64, inner: 64, stride: 64, columnOffset: 0, accumulate: false };
  const product = matmulProduct({ orientation: 'nt', ...sizes }, 'f32', 'f32');
  let device: GPUDevice;
  let info: BackendInfo;
  let pipelines: PipelineCache;
  const chooserWith = (memory?: ChoiceMemory): Chooser => new Chooser(device, info, pipelines, memory, table);

  beforeAll(async () => {
    const acquired = await acquireDevice(await openDawn());
    device = acquired.device;
    info = { ...acquired.info, software: false };
    pipelines = new PipelineCache(device);
    // Software compiles slowly; what is late is left out of the measurement.
    const trials = new Trials(device, pipelines);
    await Promise.all(table.map(({ variant }) => trials.compiles(product, variant)));
  });
  afterAll(() => device.destroy());

  it('are measured once, kept, and remembered for the next visit', async () => {
    const stored = new Map<string, string>();
    const memory: ChoiceMemory = {
      read: async (key) => stored.get(key),
      write: async (key, text) => void stored.set(key, text),
    };
    const first = chooserWith(memory);
    const [one, two] = await Promise.all([first.choose(product), first.choose(product)]);
    expect(two).toBe(one);
    expect(await first.choose(product)).toBe(one);
    const [choice, ...others] = first.choices;
    expect(others).toEqual([]);
    expect(choice?.shapeClass).toBe(shapeClass);
    expect(names).toContain(choice?.variant);
    expect(choice?.rate).toBeGreaterThan(0);
    expect([...stored.keys()]).toEqual([expect.stringContaining(info.description)]);
    const second = chooserWith(memory);
    await second.choose(product);
    expect(second.choices).toEqual([choice]);
  });

  it('are the first that is right for tiny products, without a measurement', async () => {
    const chooser = chooserWith();
    const tiny = matmulProduct({ orientation: 'nt', ...sizes, rows: 64 }, 'f32', 'f32');
    expect((await chooser.choose(tiny)).variant).toBe(RIGHT.variant);
    expect(chooser.choices).toEqual([{ shapeClass: 'matmul nt f32×f32, tiny', variant: names[0] }]);
  });

  it.each(names)('are what was remembered: %s', async (variant) => {
    const remembered = [{ shapeClass, variant, rate: 7 }];
    const chooser = chooserWith({ read: async () => JSON.stringify(remembered), write: async () => {} });
    expect(nameOf((await chooser.choose(product)).variant)).toBe(variant);
    expect(chooser.choices).toEqual(remembered);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no room'))],
    ['holds something else', async () => 'not JSON'],
    ['holds a wrong kernel', async () => JSON.stringify([{ shapeClass, variant: nameOf(WRONG.variant) }])],
  ])('are measured where the memory %s', async (_, read) => {
    const chooser = chooserWith({ read, write: () => Promise.reject(new Error('no room')) });
    expect(names).toContain(nameOf((await chooser.choose(product)).variant));
    expect(chooser.choices[0]?.rate).toBeGreaterThan(0);
  });
});
