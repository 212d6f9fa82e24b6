import { randomSource } from '../random';
import { blockShapes, blockTensorName } from './block';
import { architectureOf, type LlamaConfig } from './config';
import type { TinyTensor } from './testing';

/** For tests: the weights of tests/fixtures/architectures/make.py, made from the tensors' names. */

const SEED = 20;

/** FNV-1a. */
function seedOf(name: string): number {
  let value = (0x811c9dc5 ^ SEED) >>> 0;
  for (const byte of new TextEncoder().encode(name)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** Returns values for every tensor of a config: norms near where they change nothing, others near 0. A tied model has no head. */
export function seededTensors(config: LlamaConfig): Map<string, TinyTensor> {
  const { embedding, finalNorm, head, gainOffset } = architectureOf(config);
  const tensors = new Map<string, TinyTensor>();
  const add = (name: string, shape: readonly number[]): void => {
    const random = randomSource(seedOf(name));
    const centre = name.includes('norm') ? 1 - gainOffset : 0;
    const length = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length }, () => centre + (random() - 0.5) * 0.8);
    tensors.set(name, { dtype: 'F32', shape, values });
  };
  add(embedding, [config.vocabSize, config.hiddenSize]);
  for (let index = 0; index < config.layers; index++)
    for (const [key, shape] of blockShapes(config)) add(blockTensorName(config, index, key), shape);
  add(finalNorm, [config.hiddenSize]);
  if (!config.tied) add(head, [config.vocabSize, config.hiddenSize]);
  return tensors;
}
