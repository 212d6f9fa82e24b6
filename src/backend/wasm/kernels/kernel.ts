import type { ValueType } from '../assembler/encode';
import type { Func, Var } from '../assembler/func';
import type { Module } from '../assembler/module';
import { type I32, type ValuesByType, valueFromCode } from '../assembler/values';

/** Types of a kernel's parameters, by name. Addresses are i32. */
export type Params = Readonly<Record<string, Exclude<ValueType, 'v128'>>>;

/** Items `start … end` of a kernel's work that one call computes. `scratch` is the address of memory that only this thread uses. */
export interface WorkRange {
  readonly start: Var<I32>;
  readonly end: Var<I32>;
  readonly scratch: Var<I32>;
}

type Args<P extends Params> = { readonly [N in keyof P]: Var<ValuesByType[P[N]]> };

/** A computation on independent items, which can be split into ranges for threads. */
export interface Kernel<P extends Params = Params> {
  readonly params: P;
  /** Emits the body of the kernel's function. */
  readonly body: (f: Func, args: Args<P>, range: WorkRange) => void;
}

export const kernel = <const P extends Params>(params: P, body: Kernel<P>['body']): Kernel<P> => ({
  params,
  body,
});

/** Bytes per argument in memory, for all types. */
export const SLOT = 8;

/** Adds the kernel to the module, as a function (address of its arguments, start, end, scratch). */
export function addKernel<P extends Params>(module: Module, { params, body }: Kernel<P>) {
  return module.func(['i32', 'i32', 'i32', 'i32'], undefined, (f, at, start, end, scratch) => {
    const args = Object.entries(params).map(([name, valueType], slot) => {
      const value = { i32: at.i32(SLOT * slot), f32: at.f32(SLOT * slot), f64: at.f64(SLOT * slot) }[
        valueType
      ];
      return [name, f.local(valueFromCode(valueType, value.code))] as const;
    });
    body(f, Object.fromEntries(args) as unknown as Args<P>, { start, end, scratch });
  });
}
