import type { Callable } from './assembler/func';
import { Module } from './assembler/module';
import { I32 } from './assembler/values';
import { ELEMENTWISE } from './kernels/elementwise';
import * as gemm from './kernels/gemm';
import { type Kernel, addKernel } from './kernels/kernel';
import type { Packed } from './kernels/load';
import { multiplyFew } from './kernels/few-rows';
import { GATHER } from './kernels/gather';
import { GRADIENTS } from './kernels/gradients';
import { PACKER, type Packer, addPacker } from './kernels/pack';
import { PLAN } from './kernels/plan';
import { DISTANCE } from './kernels/distance';
import { addSoftmax, attention } from './kernels/attention';
import { attentionGradient } from './kernels/attention-gradient';
import { picture } from './kernels/picture';
import { addProducts } from './kernels/product';
import { TRANSFORMER } from './kernels/transformer';
import { TRANSPORT } from './kernels/transport';
import { LAYOUT, MAX_PAGES } from './layout';

/** How a matrix is packed: `along` when numbers are adjacent along a row, `across` when they are so across the rows. */
export type Way = 'along' | 'across';
/** Entries of the table. */
type Packers = Readonly<Record<Packed, Readonly<Record<Way, number>>>>;

function packersOf(module: Module, width: number) {
  const both = (dtype: Packed) => ({
    along: addPacker(module, dtype, width, true),
    across: addPacker(module, dtype, width, false),
  });
  return { f32: both('f32'), bf16: both('bf16'), f16: both('f16') };
}

const entriesOf = (module: Module, packers: ReturnType<typeof packersOf>): Packers => {
  const both = ({ along, across }: { along: Packer; across: Packer }) => ({
    along: module.tabulate(along),
    across: module.tabulate(across),
  });
  return { f32: both(packers.f32), bf16: both(packers.bf16), f16: both(packers.f16) };
};

function kernels(module: Module) {
  const packer = module.type(PACKER, undefined);
  const rows = packersOf(module, gemm.TILE_ROWS);
  const columns = packersOf(module, gemm.TILE_COLUMNS);
  const tile = gemm.addTile(module, false);
  const products = addProducts(module, tile, rows.f32, columns.f32);
  const softmax = addSoftmax(module);
  return {
    packers: { rows: entriesOf(module, rows), columns: entriesOf(module, columns) },
    kernels: {
      ...ELEMENTWISE,
      ...DISTANCE,
      ...TRANSPORT,
      ...PLAN,
      ...GATHER,
      ...TRANSFORMER,
      ...GRADIENTS,
      picture,
      packColumns: gemm.packColumns(packer),
      multiply: gemm.multiply(packer, tile),
      squaredDistances: gemm.multiply(packer, gemm.addTile(module, true)),
      multiplyFewF32: multiplyFew('f32'),
      multiplyFewBf16: multiplyFew('bf16'),
      multiplyFewF16: multiplyFew('f16'),
      attention: attention(products, softmax),
      attentionGradient: attentionGradient(module, products, softmax),
    },
  };
}

export type Kernels = ReturnType<typeof kernels>['kernels'];

export interface Program {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly kernels: Kernels;
  /** Entries of the kernels in the table. */
  readonly entries: Readonly<Record<keyof Kernels, number>>;
  readonly packers: { readonly rows: Packers; readonly columns: Packers };
}

/** Looks for something to do before it sleeps: about as long as waking a thread takes. */
const SPINS = 30_000;

const KERNEL = ['i32', 'i32', 'i32', 'i32'] as const;

/**
 * The module of all kernels. It exports `run`, which does the job described in memory (see `LAYOUT`) together with the other
 * threads and returns when it is done, and `serve`, in which a thread stays to do its part of jobs.
 * @param shared whether threads share its memory.
 */
export function assemble(minPages: number, shared: boolean): Program {
  const module = new Module();
  const { kernels: all, packers } = kernels(module);
  const entries = Object.fromEntries(
    Object.entries(all).map(([name, kernel]) => [
      name,
      module.tabulate(addKernel(module, kernel as unknown as Kernel)),
    ]),
  ) as Record<keyof Kernels, number>;
  const work = addWork(module);
  module.export('run', addRun(module, work, shared));
  if (shared) module.export('serve', addServe(module, work));
  return { bytes: module.encode(minPages, MAX_PAGES, shared), kernels: all, entries, packers };
}

const word = (address: number): I32 => I32.of(address);

/** (thread): takes ranges of the job until none is left. */
function addWork(module: Module): Callable<readonly ['i32'], undefined> {
  return module.func(['i32'], undefined, (f, thread) => {
    const untaken = f.i32(word(LAYOUT.untaken).atomic());
    f.while(untaken, () => {
      const found = f.i32(word(LAYOUT.untaken).atomicSwap(untaken, untaken.sub(1)));
      f.if(
        found.equals(untaken),
        () => {
          // A range is taken, so that the job stays until it is done: only now can its description be read.
          const ranges = f.i32(word(LAYOUT.ranges).i32());
          const start = f.i32(ranges.sub(found).mul(word(LAYOUT.grain).i32()));
          const end = f.i32(start.add(word(LAYOUT.grain).i32()).least(word(LAYOUT.items).i32()));
          const scratch = word(LAYOUT.scratch)
            .i32()
            .add(thread.mul(word(LAYOUT.scratchStep).i32()));
          const entry = word(LAYOUT.kernel).i32();
          f.runIndirect(module.type(KERNEL, undefined), entry, word(LAYOUT.arguments), start, end, scratch);
          const done = word(LAYOUT.done).atomicAdd(1).add(1);
          f.if(done.equals(ranges), () => f.drop(word(LAYOUT.done).atomicNotify()));
          untaken.set(word(LAYOUT.untaken).atomic());
        },
        () => untaken.set(found),
      );
    });
  });
}

/** (ranges): does the job with the others. */
function addRun(module: Module, work: ReturnType<typeof addWork>, shared: boolean) {
  return module.func(['i32'], undefined, (f, ranges) => {
    f.run(work, I32.of(0));
    if (!shared) return;
    const spins = f.i32(0);
    const done = f.i32(word(LAYOUT.done).atomic());
    f.while(done.differs(ranges), () => {
      spins.set(spins.add(1));
      f.if(spins.atLeast(SPINS), () => f.drop(word(LAYOUT.done).atomicWait(done)));
      done.set(word(LAYOUT.done).atomic());
    });
  });
}

/** (thread): does its part of every job until told to stop. */
function addServe(module: Module, work: ReturnType<typeof addWork>) {
  return module.func(['i32'], undefined, (f, thread) => {
    const last = f.i32(0);
    const spins = f.i32(0);
    f.while(word(LAYOUT.stop).atomic().isZero(), () => {
      const job = f.i32(word(LAYOUT.job).atomic());
      f.if(
        job.equals(last),
        () => {
          spins.set(spins.add(1));
          f.if(spins.atLeast(SPINS), () => f.drop(word(LAYOUT.job).atomicWait(last)));
        },
        () => {
          last.set(job);
          spins.set(I32.of(0));
          f.run(work, thread);
        },
      );
    });
  });
}
