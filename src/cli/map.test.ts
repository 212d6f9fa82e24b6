import { expect, test } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { Checkpoint } from '../checkpoint/checkpoint';
import { decode } from '../checkpoint/dtype';
import { FolderFiles } from './folder';
import { main } from './main';

const [WIDTH, HEAD_DIM] = [128, 32];

async function run(line: string): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(`map ${SHIPPED} ${line} --backend cpu`.split(' ').filter(Boolean), {
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTTY: false,
    base: '/',
  });
  return { code, out, err };
}

interface Answer {
  readonly kind: string;
  readonly solver: string;
  readonly distances: number[][];
  readonly relative: number[][];
  readonly assignment?: number[];
}

async function json(line: string): Promise<Answer> {
  const { code, out, err } = await run(`${line} --json`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Answer;
}

const checkpoint = await Checkpoint.open(new FolderFiles(SHIPPED));
const weights = async (block: number): Promise<ArrayLike<number>> =>
  decode(await checkpoint.read(`model.layers.${block}.self_attn.k_proj.weight`), 'BF16');

test('blocks, heads and neurons of one pair fit together and with the file', async () => {
  const blocks = await json('--tensor k');
  expect(blocks).toMatchObject({ kind: 'blocks', solver: 'exact' });
  expect(blocks.distances).toHaveLength(8);
  const heads = await json('--tensor self_attn.k_proj --blocks 6,7');
  expect(heads).toMatchObject({ kind: 'heads', previous: 6, next: 7 });
  const neurons = await json('--tensor k --blocks 6,7 --heads 1,0');
  expect(neurons).toMatchObject({ kind: 'neurons', heads: [1, 0], neurons: HEAD_DIM, pooled: false });

  const [a, b] = [await weights(6), await weights(7)];
  for (const [i, row] of neurons.distances.entries()) {
    for (const [j, value] of row.entries()) {
      let sum = 0;
      for (let k = 0; k < WIDTH; k++)
        sum += ((a[(HEAD_DIM + i) * WIDTH + k] ?? 0) - (b[j * WIDTH + k] ?? 0)) ** 2;
      expect(value).toBeCloseTo(Math.sqrt(sum), 4);
    }
  }
  // The cost of a pair of heads is the mean over its one-to-one assignment.
  const { assignment = [] } = neurons;
  expect([...new Set(assignment)]).toHaveLength(HEAD_DIM);
  const cost =
    assignment.reduce((sum, j, i) => sum + (neurons.distances[i]?.[j] ?? Number.NaN), 0) / HEAD_DIM;
  expect(heads.distances[1]?.[0]).toBeCloseTo(cost, 5);
  // Matching whole heads cannot be better than matching single neurons.
  const matchings = [
    [0, 1],
    [1, 0],
  ].map((order) => order.reduce((sum, j, i) => sum + (heads.distances[i]?.[j] ?? 0), 0) / 2);
  expect(blocks.distances[6]?.[7]).toBeLessThanOrEqual(Math.min(...matchings) + 1e-6);
});

test('tensors without heads open into neurons, and people get a table', async () => {
  expect(await json('--tensor o --blocks 0,1')).toMatchObject({ kind: 'neurons', neurons: WIDTH });
  const { out } = await run('--tensor v --blocks 0,1');
  expect(out).toMatch(/^2 × 2 heads, exact assignment\ndistance\n +0 +1\n0 +\d\.\d{4}/);
});

test.each([
  ['', 2, /expected --tensor q\|k\|v\|o\|gate\|up\|down, got none/],
  ['--tensor z', 2, /one of q\|k.*, got z/],
  ['--tensor q --heads 0,1', 2, /expected --blocks A,B with --heads, got none/],
  ['--tensor q --blocks 6-7', 2, /two numbers such as 6,7, got 6-7/],
  ['--tensor q --blocks 6,8', 1, /a block from 0 to 7, got 8/],
  ['--tensor o --blocks 6,7 --heads 0,0', 1, /rows belong to heads/],
])('map %s is refused', async (line, code, message) => {
  const answer = await run(line);
  expect(answer.code).toBe(code);
  expect(answer.err).toMatch(message);
});

test('pairs of blocks are measured against their null when that is asked for', async () => {
  const { distances, nullDistances = [] } = (await json('--tensor k --null')) as Answer & {
    nullDistances?: number[][];
  };
  // As NumPy finds gap 6|7: 1.192 against 1.262.
  expect(distances[6]?.[7]).toBeCloseTo(1.192, 3);
  expect(Math.abs((nullDistances[6]?.[7] ?? Number.NaN) - 1.262)).toBeLessThan(0.01);
  expect((await run('--tensor k --null')).out).toMatch(/as a share of the null\n/);
  expect((await json('--tensor k')) as object).not.toHaveProperty('nullDistances');
});
