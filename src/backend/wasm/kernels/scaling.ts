import { F64, V128 } from '../assembler/values';
import { STEP, moved } from './half-step';
import { kernel } from './kernel';
import { F64_HALVES, forEachVector, toF32x4 } from './load';
import { exp2, expF64, logF64 } from './math-f64';

/** Entries of the Gibbs kernel below 2 to this power are 0. See `GibbsKernel`. */
export const LEAST_POWER = -96;
/** Columns of the Gibbs kernel are padded with zeros to a multiple of this: two vectors, of which a loop takes four rows. */
export const COLUMNS_AT_ONCE = 8;
export const ROWS_AT_ONCE = 4;
/** Bytes of the columns whose products with row scalings are added in f32, before the sum goes on in f64. */
const CHUNK_BYTES = 1024;

const eachRow = <T>(of: (row: 0 | 1 | 2 | 3) => T): readonly [T, T, T, T] => [of(0), of(1), of(2), of(3)];

/** The two lanes of a and of b, each added: [Σa, Σb]. */
const pairSums = (a: V128, b: V128): V128 => a.shuffle(b, [0, 1, 4, 5]).addF64(a.shuffle(b, [2, 3, 6, 7]));

/** Sinkhorn by scaling, K_ij = exp(p_i − r_j − M_ij/ε). See `GibbsKernel` for the names and the layout. */
export const SCALING = {
  /**
   * Items are rows. Writes p_i, which makes the largest entry of the row 1 up to rounding, and the row of K. `exponents` has −r_j/ln 2
   * in f64, `potentialF32` is g.
   */
  gibbsRows: kernel(
    {
      cost: 'i32',
      columns: 'i32',
      potentialF32: 'i32',
      exponents: 'i32',
      inverse: 'f64',
      rowReferences: 'i32',
      gibbs: 'i32',
      stride: 'i32',
    },
    (f, p, { start, end }) => {
      const scale = f.v128(p.inverse.mul(Math.LOG2E).splat());
      f.for(start, end, 1, (i) => {
        const row = f.i32(p.cost.add(i.mul(p.columns).shl(2)));
        const to = f.i32(p.gibbs.add(i.mul(p.stride)));
        f.storeV128(to.add(p.stride).sub(16), V128.of(0));
        const maximum = f.v128(-Infinity);
        forEachVector(f, p.columns, ({ load }) =>
          maximum.set(maximum.pmax(load(p.potentialF32, -Infinity).sub(load(row)))),
        );
        const reference = f.f32(F64.of(0).sub(f.f32(maximum.reduceMax()).toF64().mul(p.inverse)).toF32());
        f.storeF32(p.rowReferences.add(i.shl(2)), reference);
        const shift = f.v128(reference.toF64().mul(Math.LOG2E).splat());
        forEachVector(f, p.columns, ({ load, loadF64, maskTail, offset }) => {
          const values = f.v128(load(row));
          const [low, high] = loadF64(p.exponents);
          const entries = exp2(
            f,
            low.addF64(shift).subF64(values.lowToF64().mulF64(scale)),
            high.addF64(shift).subF64(values.highToF64().mulF64(scale)),
            LEAST_POWER,
          );
          f.storeV128(to.add(offset), maskTail(entries));
        });
      });
    },
  ),

  /** Items are columns, in ranges that start at multiples of 4. Writes v_j = exp(g_j/ε + r_j). */
  columnScalings: kernel(
    { g: 'i32', references: 'i32', inverse: 'f64', out: 'i32' },
    (f, p, { start, end }) => {
      const scale = f.v128(p.inverse.splat());
      p.g.set(p.g.add(start.shl(3)));
      for (const at of [p.references, p.out]) at.set(at.add(start.shl(2)));
      forEachVector(f, f.i32(end.sub(start)), ({ load, loadF64, maskTail, offset }) => {
        const references = f.v128(load(p.references));
        const [low, high] = loadF64(p.g);
        const scalings = toF32x4(
          f,
          expF64(f, low.mulF64(scale).addF64(references.lowToF64())),
          expF64(f, high.mulF64(scale).addF64(references.highToF64())),
        );
        f.storeV128(p.out.add(offset), maskTail(scalings));
      });
    },
  ),

  /**
   * Items are blocks of `blockRows` rows. Per row it moves f_i, from Σ_j K_ij·v_j, to the new scaling u_i = exp(f_i/ε − p_i); per block
   * it writes Σ_i u_i·K_ij of all columns to `sums`.
   */
  scaleRows: kernel(
    {
      gibbs: 'i32',
      stride: 'i32',
      rows: 'i32',
      blockRows: 'i32',
      scalings: 'i32',
      rowReferences: 'i32',
      f: 'i32',
      potentialF32: 'i32',
      inverse: 'f64',
      ...STEP,
      sums: 'i32',
    },
    (f, p, { start, end }) => {
      const scale = f.v128(p.inverse.splat());
      f.for(start, end, 1, (block) => {
        const sums = f.i32(p.sums.add(block.mul(p.stride)));
        f.for(0, p.stride, 16, (offset) => f.storeV128(sums.add(offset), V128.of(0)));
        const first = f.i32(block.mul(p.blockRows));
        const last = f.i32(first.add(p.blockRows).min(p.rows));
        f.for(first, last, ROWS_AT_ONCE, (i) => {
          // Past the end, the last row again, which then counts 0 times.
          const rows = eachRow((row) => f.i32(p.gibbs.add(i.add(row).min(last.sub(1)).mul(p.stride))));
          const totals = eachRow(() => f.v128(0));
          f.for(0, p.stride, CHUNK_BYTES, (from) => {
            const parts = eachRow(() => [f.v128(0), f.v128(0)] as const);
            f.for(from, f.i32(from.add(CHUNK_BYTES).min(p.stride)), 32, (offset) => {
              for (const half of [0, 1] as const) {
                const scalings = f.v128(p.scalings.add(offset).v128(16 * half));
                eachRow((row) => {
                  const part = parts[row][half];
                  part.set(
                    part.add(
                      rows[row]
                        .add(offset)
                        .v128(16 * half)
                        .mul(scalings),
                    ),
                  );
                });
              }
            });
            eachRow((row) => {
              const part = f.v128(parts[row][0].add(parts[row][1]));
              for (const half of F64_HALVES) totals[row].set(totals[row].addF64(part[half]()));
            });
          });
          const references = f.v128(p.rowReferences.add(i.shl(2)).v128());
          const at = f.i32(p.f.add(i.shl(3)));
          const move = (half: 0 | 1, sums: V128) => {
            const reference = f.v128(references[F64_HALVES[half]]());
            const next = moved(f, p, at.v128(16 * half), logF64(f, sums).subF64(reference));
            f.storeV128(at, next, 16 * half);
            return { next, scaling: expF64(f, next.mulF64(scale).subF64(reference)) };
          };
          const [low, high] = [
            move(0, pairSums(totals[0], totals[1])),
            move(1, pairSums(totals[2], totals[3])),
          ];
          // The room of a tensor is a whole number of vectors.
          f.storeV128(p.potentialF32.add(i.shl(2)), toF32x4(f, low.next, high.next));
          const inside = last
            .sub(i)
            .splat()
            .aboveI32(V128.ofI32(0, 1, 2, 3));
          const all = f.v128(toF32x4(f, low.scaling, high.scaling).and(inside));
          const scalings = eachRow((row) => f.v128(all.shuffle(all, [row, row, row, row])));
          f.for(0, p.stride, 32, (offset) => {
            const to = f.i32(sums.add(offset));
            const from = eachRow((row) => f.i32(rows[row].add(offset)));
            for (const half of [0, 16]) {
              const [a, b, c, d] = eachRow((row) => from[row].v128(half).mul(scalings[row]));
              f.storeV128(to, to.v128(half).add(a.add(b).add(c.add(d))), half);
            }
          });
        });
      });
    },
  ),

  /** Items are columns, in ranges that start at multiples of 4. Adds the sums of all blocks and writes `state`, with r_j as reference. */
  columnSums: kernel(
    { sums: 'i32', stride: 'i32', blocks: 'i32', references: 'i32', state: 'i32', columns: 'i32' },
    (f, p, { start, end }) => {
      const from = f.i32(start.shl(2));
      for (const at of [p.sums, p.references, p.state]) at.set(at.add(from));
      const out = f.i32(p.state.add(p.columns.shl(2)));
      forEachVector(f, f.i32(end.sub(start)), ({ load, store, offset }) => {
        const [low, high] = [f.v128(0), f.v128(0)];
        const at = f.i32(p.sums.add(offset));
        f.for(0, p.blocks, 1, () => {
          const part = f.v128(at.v128());
          low.set(low.addF64(part.lowToF64()));
          high.set(high.addF64(part.highToF64()));
          at.set(at.add(p.stride));
        });
        store(out, toF32x4(f, low, high));
        store(p.state, load(p.references));
      });
    },
  ),
};
