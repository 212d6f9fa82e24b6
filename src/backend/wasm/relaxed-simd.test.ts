import { afterEach, describe, expect, it, vi } from 'vitest';
import { openBackendsWithAllKernels } from '../../../tests/backends';
import { WasmBackend } from './backend';
import { hasRelaxedSimd } from './relaxed-simd';

/** (module (func (result v128) (f32x4.relaxed_madd zero zero zero))), assembled by hand from the specification. */
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const TYPES = [1, 5, 1, 0x60, 0, 1, 0x7b];
const FUNCTIONS = [3, 2, 1, 0];
const ZERO = [0xfd, 0x0c, ...new Uint8Array(16)];
const BODY = [0, ...ZERO, ...ZERO, ...ZERO, 0xfd, 0x85, 0x02, 0x0b];
const CODE = [10, BODY.length + 2, 1, BODY.length, ...BODY];
const MODULE = Uint8Array.from([...HEADER, ...TYPES, ...FUNCTIONS, ...CODE]);

describe('relaxed SIMD', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is detected where the engine accepts the instruction', () => {
    expect(hasRelaxedSimd()).toBe(WebAssembly.validate(MODULE));
  });

  it('is had by the engine of these tests, so that the operations are tested with and without it', async () => {
    const names = (await openBackendsWithAllKernels()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['wasm', 'wasm without relaxed SIMD']));
    expect(hasRelaxedSimd()).toBe(true);
  });

  it('is used where it is there, and not where it is not', async () => {
    const fused = await WasmBackend.open();
    expect(fused.info.features).toContain('relaxed-simd');
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    const plain = await WasmBackend.open();
    expect(plain.info.features).not.toContain('relaxed-simd');
    // (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴, which is lost if the square is rounded before the difference is taken.
    const difference = async (backend: WasmBackend): Promise<Float32Array> => {
      const rows = [1, 2, 3, 4].flatMap(() => [1 + 2 ** -11, 1 + 2 ** -12]);
      const a = backend.upload(Float32Array.from(rows), [4, 2], 'f32', 'a');
      const b = backend.upload(Float32Array.of(-1, 1 + 2 ** -12), [1, 2], 'f32', 'b');
      return backend.read(backend.matmul(a, b, { orientation: 'nt' }));
    };
    expect(await difference(plain)).toEqual(new Float32Array(4));
    const [first = NaN] = await difference(fused);
    // The engine may round twice too, where the processor has no such instruction.
    expect([0, 2 ** -24]).toContain(first);
    plain.dispose();
    fused.dispose();
  });
});
