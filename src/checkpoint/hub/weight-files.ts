import { INDEX_NAME, SINGLE_NAME } from '../shard-index';
import { HubError } from './errors';
import { type HubListing, type HubRepository, pageOf } from './repository';

const SAFETENSORS = /^[^/]+\.safetensors$/;
const SHARD = /^[^/]+-\d+-of-\d+\.safetensors$/;
const OTHER_WEIGHTS = /\.(safetensors|bin|gguf|pth?|onnx|h5|msgpack|mlmodel|tflite|npz|ckpt)$/;

/**
 * Returns the paths that opening the model may read: its own files without those in folders, or the one file it names.
 * @throws HubError if there are no safetensors, or not the file.
 */
export function openable(repository: HubRepository, { files }: HubListing): string[] {
  const { repo, file } = repository;
  const paths = [...files.keys()];
  const weights = paths.filter((path) => OTHER_WEIGHTS.test(path));
  const here = weights.length === 0 ? 'no weights' : namesOf(weights);
  if (file !== undefined) {
    if (files.has(file)) return [file];
    throw new HubError(
      'NoSafetensorsError',
      `${repo}: expected the file ${file}, got ${here}. Take one of its files.`,
    );
  }
  if (files.has(SINGLE_NAME) || files.has(INDEX_NAME)) return paths.filter((path) => !path.includes('/'));
  const gguf = weights.find((path) => /^[^/]+\.gguf$/.test(path));
  const next = paths.some((path) => SAFETENSORS.test(path))
    ? 'Take the model that these belong to.'
    : gguf !== undefined
      ? `Take the model's original weights, or one file by name: hub:${repo}:${gguf}.`
      : weights.some((path) => /\.(bin|pth?)$/.test(path))
        ? 'Convert it at https://huggingface.co/spaces/safetensors/convert, or take another model.'
        : `See ${pageOf(repository)} for what it holds.`;
  throw new HubError(
    'NoSafetensorsError',
    `${repo}: expected ${SINGLE_NAME} or ${INDEX_NAME}, got ${here}. ${next}`,
  );
}

function namesOf(paths: readonly string[]): string {
  const more = paths.length > 6 ? ` and ${paths.length - 6} more` : '';
  return paths.slice(0, 6).join(', ') + more;
}

/** Returns the bytes of the weights that the model is opened from. */
export function weightBytes({ file }: HubRepository, { files }: HubListing): number {
  const named = file ?? (files.has(SINGLE_NAME) ? SINGLE_NAME : undefined);
  const weights = named === undefined ? [...files.keys()].filter((path) => SHARD.test(path)) : [named];
  return weights.reduce((sum, path) => sum + (files.get(path) ?? 0), 0);
}
