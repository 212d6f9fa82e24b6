import { Checkpoint } from '../src/checkpoint/checkpoint';
import { decode } from '../src/checkpoint/dtype';
import { FolderFiles } from '../src/cli/folder';

export const MODEL = 'public/models/interlayer-fairy-1.7m';

/** Computes ‖A_i − B_j‖₂ between rows of one tensor in two blocks of the shipped model, from its file. */
export async function distance(
  tensor: string,
  blocks: readonly [number, number],
  row: number,
  column: number,
): Promise<number> {
  const checkpoint = await Checkpoint.open(new FolderFiles(MODEL));
  const [a, b] = await Promise.all(
    blocks.map(async (block) =>
      decode(await checkpoint.read(`model.layers.${block}.${tensor}.weight`), 'BF16'),
    ),
  );
  let sum = 0;
  for (let k = 0; k < 128; k++) sum += ((a?.[row * 128 + k] ?? NaN) - (b?.[column * 128 + k] ?? NaN)) ** 2;
  return Math.sqrt(sum);
}
