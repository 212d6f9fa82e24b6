import type { Callable } from './assembler/func';
import { Module } from './assembler/module';
import { I32 } from './assembler/values';
import { ELEMENTWISE } from './kernels/elementwise';
import * as gemm from './kernels/gemm';
import { type Kernel, addKernel } from './kernels/kernel';
import type { FloatDType } from './kernels/load';
import { multiplyFew, multiplyFewRows } from './kernels/few-rows';
import { GATHER } from './kernels/gather';
import { GRADIENTS } from './kernels/gradients';
import { PACKER, type Packer, addPacker } from './kernels/pack';
import { PLAN } from './kernels/plan';
import { DISTANCE } from './kernels/distance';
import { addCapScores, addSoftmax, attention } from './kernels/attention';
import { attentionGradient } from './kernels/attention-gradient';
import { addPanelNorms, columnNorms, pairwise } from './kernels/pairwise';
import { picture } from './kernels/picture';
import { addProducts } from './kernels/product';
import { COLUMN_STEP } from './kernels/half-step';
import { SCALING } from './kernels/scaling';
import { TRANSFORMER } from './kernels/transformer';
import { TRANSPORT } from './kernels/transport';
import { LAYOUT, MAX_PAGES } from './layout';

/** `rowMajor`: the numbers of a row are adjacent; `columnMajor`: the numbers of a column are. */
export type StorageOrder = 'rowMajor' | 'columnMajor';
/** Indices in the module's function table. */
type Packers = Readonly<Record<FloatDType, Readonly<Record<StorageOrder, number>>>>;

function packersOf(module: Module, width: number) {
  const both = (dtype: FloatDType) => ({
    rowMajor: addPacker(module, dtype, width, true),
    columnMajor: addPacker(module, dtype, width, false),
  });
  return { f32: both('f32'), bf16: both('bf16'), f16: both('f16') };
}

const entriesOf = (module: Module, packers: ReturnType<typeof packersOf>): Packers => {
  const both = ({ rowMajor, columnMajor }: { rowMajor: Packer; columnMajor: Packer }) => ({
    rowMajor: module.addToTable(rowMajor),
    columnMajor: module.addToTable(columnMajor),
  });
  return { f32: both(packers.f32), bf16: both(packers.bf16), f16: both(packers.f16) };
};

function kernels(module: Module) {
  const packer = module.typeIndex(PACKER, undefined);
  const rows = packersOf(module, gemm.TILE_ROWS);
  const columns = packersOf(module, gemm.TILE_COLUMNS);
  const tile = gemm.addTile(module, false);
  const products = addProducts(module, tile, rows.f32, columns.f32);
  const softmax = addSoftmax(module);
  const capScores = addCapScores(module);
  const panelNorms = addPanelNorms(module, gemm.TILE_COLUMNS);
  return {
    packers: { rows: entriesOf(module, rows), columns: entriesOf(module, columns) },
    kernels: {
      ...ELEMENTWISE,
      ...DISTANCE,
      ...TRANSPORT,
      ...SCALING,
      ...COLUMN_STEP,
      ...PLAN,
      ...GATHER,
      ...TRANSFORMER,
      ...GRADIENTS,
      picture,
      packColumns: gemm.packColumns(packer),
      multiply: gemm.multiply(packer, tile),
      columnNorms: columnNorms(panelNorms),
      pairwise: pairwise(module, packer, tile, gemm.addTile(module, true)),
      multiplyFewF32: multiplyFew('f32'),
      multiplyFewBf16: multiplyFew('bf16'),
      multiplyFewF16: multiplyFew('f16'),
      multiplyFewRows,
      attention: attention(products, softmax, capScores),
      attentionGradient: attentionGradient(module, products, softmax, capScores),
    },
  };
}

export type Kernels = ReturnType<typeof kernels>['kernels'];

export interface KernelModule {
  /** True if kernels use relaxed SIMD. */
  readonly relaxed: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly kernels: Kernels;
  /** Indices of the kernels in the function table. */
  readonly tableIndices: Readonly<Record<keyof Kernels, number>>;
  readonly packers: { readonly rows: Packers; readonly columns: Packers };
}

/** Number of checks for work before a thread sleeps: some tens of microseconds, about as long as waking a thread takes. */
const SPINS = 30_000;
/** Nanoseconds. */
const SECOND = 1e9;
/** Result of a wait that nobody ended. */
const TIMED_OUT = 2;

const KERNEL = ['i32', 'i32', 'i32', 'i32'] as const;

/**
 * Assembles the module of all kernels. Its export `run` executes the launch described in memory (see `LAYOUT`) together with the
 * other threads and returns when it is done, or 1 if another thread did not do its part. `serve` is the main loop of another thread, which does its part of every launch.
 * @param shared true if threads share the memory.
 * @param relaxed true if kernels may use relaxed SIMD.
 */
export function assemble(minPages: number, shared: boolean, relaxed: boolean): KernelModule {
  const module = new Module(relaxed);
  const { kernels: all, packers } = kernels(module);
  const tableIndices = Object.fromEntries(
    Object.entries(all).map(([name, kernel]) => [
      name,
      module.addToTable(addKernel(module, kernel as unknown as Kernel)),
    ]),
  ) as Record<keyof Kernels, number>;
  const work = addWork(module);
  module.export('run', addRun(module, work, shared));
  if (shared) module.export('serve', addServe(module, work));
  const bytes = module.encode(minPages, MAX_PAGES, shared);
  return { relaxed, bytes, kernels: all, tableIndices, packers };
}

const word = (address: number): I32 => I32.of(address);

/** (thread): claims and computes ranges of the launch until none is left. */
function addWork(module: Module): Callable<readonly ['i32'], undefined> {
  return module.func(['i32'], undefined, (f, thread) => {
    const unclaimed = f.i32(word(LAYOUT.unclaimed).atomic());
    f.while(unclaimed, () => {
      const found = f.i32(word(LAYOUT.unclaimed).atomicCompareExchange(unclaimed, unclaimed.sub(1)));
      f.if(
        found.equals(unclaimed),
        () => {
          // Read the launch only after claiming a range: `run` waits for this range, so the launch cannot change now.
          const ranges = f.i32(word(LAYOUT.ranges).i32());
          const start = f.i32(ranges.sub(found).mul(word(LAYOUT.grain).i32()));
          const end = f.i32(start.add(word(LAYOUT.grain).i32()).min(word(LAYOUT.items).i32()));
          const scratch = word(LAYOUT.scratch)
            .i32()
            .add(thread.mul(word(LAYOUT.scratchStep).i32()));
          const entry = word(LAYOUT.kernel).i32();
          f.callIndirect(
            module.typeIndex(KERNEL, undefined),
            entry,
            word(LAYOUT.arguments),
            start,
            end,
            scratch,
          );
          const done = word(LAYOUT.done).atomicAdd(1).add(1);
          f.if(f.i32(done).equals(ranges), () =>
            f.if(word(LAYOUT.waiting).atomic(), () => f.drop(word(LAYOUT.done).atomicNotify())),
          );
          unclaimed.set(word(LAYOUT.unclaimed).atomic());
        },
        () => unclaimed.set(found),
      );
    });
  });
}

/**
 * (ranges): executes the launch together with the other threads. Returns 1 if it gave the launch up, because another thread claimed
 * a range and did not finish it.
 */
function addRun(module: Module, work: ReturnType<typeof addWork>, shared: boolean) {
  return module.func(['i32'], 'i32', (f, ranges) => {
    f.call(work, I32.of(0));
    const silent = f.i32(0);
    if (!shared) return silent;
    const spins = f.i32(0);
    const done = f.i32(word(LAYOUT.done).atomic());
    const patience = f.i32(word(LAYOUT.patience).i32());
    f.while(done.differs(ranges), () => {
      spins.set(spins.add(1));
      f.if(spins.atLeast(SPINS), () => {
        // Announced before the wait compares `done`, so that whoever finishes the last range sees either.
        f.drop(word(LAYOUT.waiting).atomicAdd(1));
        // Waits are counted, not timed, so that the sleep of the whole computer counts as one at most.
        f.if(word(LAYOUT.done).atomicWait(done, SECOND).equals(I32.of(TIMED_OUT)), () =>
          silent.set(silent.add(1)),
        );
        f.drop(word(LAYOUT.waiting).atomicAdd(-1));
      });
      const latest = f.i32(word(LAYOUT.done).atomic());
      f.if(latest.differs(done), () => silent.set(I32.of(0)));
      done.set(latest);
      f.if(silent.atLeast(patience), () => done.set(ranges));
    });
    return silent.atLeast(patience);
  });
}

/** (thread): does its part of every launch until `LAYOUT.stop` is set. */
function addServe(module: Module, work: ReturnType<typeof addWork>) {
  return module.func(['i32'], undefined, (f, thread) => {
    const last = f.i32(0);
    const spins = f.i32(0);
    f.while(word(LAYOUT.stop).atomic().isZero(), () => {
      const launches = f.i32(word(LAYOUT.launches).atomic());
      f.if(
        launches.equals(last),
        () => {
          spins.set(spins.add(1));
          f.if(spins.atLeast(SPINS), () => {
            f.drop(word(LAYOUT.asleep).atomicAdd(1));
            f.drop(word(LAYOUT.launches).atomicWait(last));
            f.drop(word(LAYOUT.asleep).atomicAdd(-1));
          });
        },
        () => {
          last.set(launches);
          spins.set(I32.of(0));
          f.call(work, thread);
        },
      );
    });
  });
}
