import type { Kind } from '../assembler/encode';
import type { Func, Var } from '../assembler/func';
import type { Module } from '../assembler/module';
import { type I32, type Kinds, valueOf } from '../assembler/values';

/** Kinds of what a kernel is told, by name. Addresses are i32. */
export type Params = Readonly<Record<string, Exclude<Kind, 'v128'>>>;

/** What one run of a kernel computes: items `start … end` of its work, with memory of the thread's own at `scratch`. */
export interface Range {
  readonly start: Var<I32>;
  readonly end: Var<I32>;
  readonly scratch: Var<I32>;
}

type Args<P extends Params> = { readonly [N in keyof P]: Var<Kinds[P[N]]> };

/** Work that can be cut into ranges of items, none of which depends on another. */
export interface Kernel<P extends Params = Params> {
  readonly params: P;
  /** Writes the body of the kernel's function. */
  readonly body: (f: Func, args: Args<P>, range: Range) => void;
}

export const kernel = <const P extends Params>(params: P, body: Kernel<P>['body']): Kernel<P> => ({
  params,
  body,
});

/** Bytes between arguments in memory, whatever their kinds. */
export const SLOT = 8;

/** Adds the kernel as a function (arguments' address, start, end, scratch). */
export function addKernel<P extends Params>(module: Module, { params, body }: Kernel<P>) {
  return module.func(['i32', 'i32', 'i32', 'i32'], undefined, (f, at, start, end, scratch) => {
    const args = Object.entries(params).map(([name, kind], slot) => {
      const value = { i32: at.i32(SLOT * slot), f32: at.f32(SLOT * slot), f64: at.f64(SLOT * slot) }[kind];
      return [name, f.keep(valueOf(kind, value.code))] as const;
    });
    body(f, Object.fromEntries(args) as unknown as Args<P>, { start, end, scratch });
  });
}
