import { expect, test } from 'vitest';
import { openShipped, recipeWith, reference, SHIPPED } from '../../../tests/engine';
import { Checkpoint } from '../../checkpoint/checkpoint';
import { decode } from '../../checkpoint/dtype';
import { FolderFiles } from '../../cli/folder';
import { parseConfig } from '../../llama/config';
import { naiveLogits, type NaiveTrace } from '../../llama/naive';

const engine = await openShipped();
const GAP = 3;
const ids = reference.forward.ids.slice(0, 10);
const ask = (change: object = {}) =>
  engine.run('neuron', { recipe: recipeWith({}), gap: GAP, row: 5, column: 300, ids, ...change });

/** Returns the activations of a block's units on `ids`, by a plain forward pass in float64. */
async function plainUnits(): Promise<(block: number, unit: number) => number[]> {
  const checkpoint = await Checkpoint.open(new FolderFiles(SHIPPED));
  const config = parseConfig(checkpoint.config);
  const tensors = new Map();
  for (const [name, { shape }] of checkpoint.tensors) {
    const values = Float32Array.from(decode(await checkpoint.read(name), 'BF16'));
    tensors.set(name, { dtype: 'F32', shape, values });
  }
  const trace = { streams: [], attention: [], activations: [] as Map<string, number[][]>[] };
  const angle = (position: number, pair: number): number =>
    position * 10_000 ** ((-2 * pair) / config.headDim);
  naiveLogits(config, tensors, ids, angle, trace satisfies NaiveTrace);
  return (block, unit) =>
    (trace.activations[block]?.get('mlp.units') ?? []).map((units) => units[unit] ?? Number.NaN);
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('what drives two units, and whether they agree, is what a plain forward pass finds', async () => {
  const units = await plainUnits();
  for (const [row, column] of [
    [5, 300],
    [0, 383],
  ] as const) {
    const report = await ask({ row, column, top: 4 });
    const [x, y] = [units(GAP, row), units(GAP + 1, column)];
    expect(report.tokens).toBe(ids.length);
    for (const [found, values, block, unit] of [
      [report.previous, x, GAP, row],
      [report.next, y, GAP + 1, column],
    ] as const) {
      expect(found).toMatchObject({ block, unit });
      expect(found.mean).toBeCloseTo(mean(values), 5);
      const deviation = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
      expect(found.deviation).toBeCloseTo(deviation, 5);
      const first = Array.from(values.keys()).sort(
        (i, j) => Math.abs(values[j] ?? 0) - Math.abs(values[i] ?? 0),
      );
      expect(found.top.map(({ position }) => position)).toEqual(first.slice(0, 4));
      for (const { position, value } of found.top) expect(value).toBeCloseTo(values[position] ?? 0, 5);
    }
    const [ofX, ofY] = [mean(x), mean(y)];
    const product = mean(x.map((value, i) => (value - ofX) * ((y[i] ?? 0) - ofY)));
    const correlation = product / (report.previous.deviation * report.next.deviation);
    expect(report.correlation).toBeCloseTo(correlation, 4);
  }
});

test('a unit agrees with itself, and its tokens stand in their text', async () => {
  const text = 'The keeper of the tower looked at the stars.';
  const report = await ask({
    recipe: recipeWith({ parents: { [GAP]: [2, 2] } }),
    row: 9,
    column: 9,
    ids: undefined,
    text,
    top: 64,
  });
  expect(report.correlation).toBeCloseTo(1, 6);
  expect(report.previous).toEqual(report.next);
  expect(report.previous.block).toBe(2);
  expect(report.previous.top).toHaveLength(report.tokens);
  const inOrder = report.previous.top.toSorted((x, y) => x.position - y.position);
  expect(inOrder.map(({ token }) => token).join('')).toContain('keeper');
  for (const { before, token, after } of inOrder) expect(text).toContain((before + token + after).trim());
});

test('what makes no sense is refused, and nothing is left behind', async () => {
  const refused = (change: object) => expect(ask(change)).rejects.toMatchObject({ name: 'RequestError' });
  await refused({ row: 384 });
  await refused({ column: -1 });
  await refused({ top: 0 });
  await refused({ ids: [1] });
  await refused({ maxTokens: 1 });
  await expect(ask({ gap: 7 })).rejects.toMatchObject({ name: 'GapError' });
  await engine.run('clear', {});
  expect(await engine.run('memory', {})).toMatchObject({ tensors: 0 });
});
