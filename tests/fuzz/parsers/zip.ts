import { deepEqual } from 'node:assert/strict';
import { makeZip } from 'client-zip';
import * as fc from 'fast-check';
import { MemorySource } from '../../../src/checkpoint/sources';
import { ZipFiles } from '../../../src/checkpoint/zip-files';
import { readZip } from '../../zip-reader';
import { overwrite, overwritten } from '../damage';
import { hostileText, seldom } from '../hostile';
import { fuzzed } from '../parser';
import { hex } from './sources';

const INPUTS = [
  { name: 'deeper/config.json', input: '{"a": 1}' },
  { name: 'deeper/model.safetensors', input: 'x'.repeat(70) },
  { name: 'deeper/README.md', input: '# Ä' },
];
const ZIP = new Uint8Array(await new Response(makeZip(INPUTS)).arrayBuffer());
const after = (signature: string, fields: readonly number[]): number[] => {
  const places: number[] = [];
  const wanted = Buffer.from(signature, 'latin1');
  for (let at = Buffer.from(ZIP).indexOf(wanted); at >= 0; at = Buffer.from(ZIP).indexOf(wanted, at + 1))
    places.push(...fields.map((field) => at + field));
  return places;
};
/** Fields of the local headers, the list of files and its end. */
const PLACES = [
  ...after('PK\u0003\u0004', [0, 6, 8, 18, 22, 26, 28, 30]),
  ...after('PK\u0001\u0002', [0, 8, 10, 20, 24, 28, 30, 32, 42, 46]),
  ...after('PK\u0005\u0006', [0, 8, 10, 12, 16, 20]),
];

/** A zip that was picked, such as an export. */
export const pickedZip = fuzzed<Uint8Array>({
  name: 'zip',
  inputs: fc
    .tuple(
      fc.array(overwrite, { maxLength: 2 }),
      seldom(fc.double({ min: 0, max: 1, noNaN: true })),
      seldom(fc.tuple(fc.nat(PLACES.length - 1), hostileText)),
      seldom(hostileText),
    )
    .map(([overwrites, keep, name, tail]) => {
      const file = overwritten(ZIP, overwrites, PLACES);
      const text = new TextEncoder().encode(name?.[1] ?? '').subarray(0, 8);
      file.set(text, Math.min(PLACES[name?.[0] ?? 0] ?? 0, file.length - text.length));
      const cut = keep === null ? file : file.subarray(0, Math.floor(keep * file.length));
      return Uint8Array.from(Buffer.concat([cut, Buffer.from(tail ?? '')]));
    }),
  errors: ['CheckpointError', 'SourceError'],
  async read(zip) {
    const files = await ZipFiles.open(new MemorySource(zip, 'model.zip'));
    const found = new Map<string, Uint8Array>();
    for (const name of await files.list()) {
      const file = await files.open(name);
      if (file) found.set(`${files.name}/${name}`, await file.read(0, file.size));
    }
    return found;
  },
  check(found: Map<string, Uint8Array>, zip) {
    const other = readZip(Buffer.from(zip));
    for (const [path, bytes] of found)
      deepEqual([...bytes], [...(other.get(path.replace(/^\//, '')) ?? [])], path);
  },
  show: hex,
});
