import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../src/llama/config';
import { randomTensors, safetensors, TINY } from '../../src/llama/testing';

const SHIPPED = fileURLToPath(new URL('../../public/models/interlayer-fairy-1.7m', import.meta.url));

/** Sets of paths that the monkey drops or chooses: sound models, texts and lessons, and broken ones. */
export type FileSets = readonly (readonly string[])[];

/** Writes the files into `folder` and returns what may be dropped together. */
export function writeFiles(folder: string): FileSets {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, data: string | Uint8Array): string => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, data);
    return path;
  };
  const raw = { ...TINY, num_hidden_layers: 4 };
  const weights = safetensors(randomTensors(parseConfig(raw), 5));
  const config = JSON.stringify(raw);
  const tiny = [put('tiny/config.json', config), put('tiny/model.safetensors', weights)];
  const broken = Uint8Array.from(weights);
  broken.fill(0xff, 8, 40);
  const lesson = readFileSync(join(SHIPPED, '../../lessons/epsilon.json'));
  return [
    tiny,
    [join(folder, 'tiny')],
    [join(SHIPPED, 'config.json'), join(SHIPPED, 'model.safetensors'), join(SHIPPED, 'tokenizer.json')],
    [put('cut/config.json', config), put('cut/model.safetensors', weights.subarray(0, weights.length >> 1))],
    [put('header/config.json', config), put('header/model.safetensors', broken)],
    [put('alone.safetensors', weights)],
    [put('config.json', '{"architectures": ["Nothing"], "num_hidden_layers": -3}')],
    [put('tale.txt', 'The fox went to the sea.\n***\nThe sea was not there.\n'.repeat(40))],
    [put('tales.jsonl', '{"text": "One."}\n{"text": 3}\nnot JSON\n')],
    [put('empty.txt', '')],
    [put('lesson.json', lesson)],
    [put('wrong.json', '{"title": 7, "steps": [{}]}')],
    [
      put(
        'noise.gguf',
        Uint8Array.from({ length: 4000 }, (_, i) => (i * 197) % 251),
      ),
    ],
    [
      put(
        'noise.zip',
        Uint8Array.from({ length: 4000 }, (_, i) => (i * 89) % 251),
      ),
    ],
    [put('picture.png', Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10]))],
  ];
}
