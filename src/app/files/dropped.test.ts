import { expect, it } from 'vitest';
import { kindOfDrop } from './dropped';
import { fileText } from './file-text';

it.each([
  [['lesson.json'], 'lesson'],
  [['My Lesson.JSON'], 'lesson'],
  [['model.safetensors.index.json'], 'model'],
  [['pytorch_model.bin.index.json'], 'model'],
  [['config.json'], 'model'],
  [['Config.json'], 'model'],
  [['generation_config.json'], 'model'],
  [['tokenizer.json'], 'model'],
  [['lesson.json', 'other.json'], 'model'],
  [['a.txt', 'b.jsonl'], 'texts'],
  [['a.txt', 'model.gguf'], 'model'],
  [[], 'model'],
] as const)('%j is a %s', (names, kind) => {
  expect(kindOfDrop(names)).toBe(kind);
});

/** A file that must not be read. */
class Unread extends File {
  override arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error('read');
  }
}

it('reads a text, but none that is too large, gone or not UTF-8', async () => {
  expect(await fileText(new File(['\ufeffé'], 'a.json'), 10, 'a lesson')).toBe('é');
  await expect(fileText(new Unread(['x'.repeat(2049)], 'a.json'), 2048, 'a lesson')).rejects.toThrow(
    'a.json: expected a lesson of at most 2 KiB, got 3 KiB. Choose another file.',
  );
  await expect(fileText(new Unread(['x'], 'a.json'), 10, 'a lesson')).rejects.toThrow(
    /that can be read, got read/,
  );
  const latin = new File([Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65)], 'a.txt');
  await expect(fileText(latin, 10, 'a text')).rejects.toThrow(/a text as text in UTF-8, got other bytes/);
});
