import { MemorySource } from './sources';

/** Builds a safetensors file with any header, data and header length, also wrong ones. */
export function safetensors(
  header: object | string,
  data: Uint8Array = new Uint8Array(0),
  length?: bigint,
): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.byteLength + data.byteLength);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.byteLength), true);
  file.set(json, 8);
  file.set(data, 8 + json.byteLength);
  return file;
}

export function memory(bytes: Uint8Array): MemorySource {
  return new MemorySource(bytes, 'model.safetensors');
}

/** Returns the files of a model with one weight file. */
export function modelFiles(weights: Uint8Array, config: object = {}): Map<string, Uint8Array> {
  return new Map([
    ['config.json', new TextEncoder().encode(JSON.stringify(config))],
    ['model.safetensors', weights],
  ]);
}

export function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}
