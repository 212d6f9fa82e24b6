const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The data starts at a multiple of this, in bytes. */
const ALIGNMENT = 64;

/**
 * Returns the header of a NumPy file, version 1.0, for little-endian float32 in C order
 * (numpy.org/doc/stable/reference/generated/numpy.lib.format.html). The values follow it.
 */
export function npyHeader(shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const fixed = MAGIC.length + 4;
  const length = Math.ceil((fixed + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = 1;
  bytes[MAGIC.length + 1] = 0;
  new DataView(bytes.buffer).setUint16(MAGIC.length + 2, length - fixed, true);
  bytes.set(new TextEncoder().encode(text), fixed);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/** Returns values as little-endian bytes on any machine. */
export function littleEndian(values: Float32Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.byteLength));
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return new Uint8Array(view.buffer);
}
