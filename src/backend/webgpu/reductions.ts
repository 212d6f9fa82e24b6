import type { Tensor } from '../operations';
import { workgroupGrid } from './grid';
import { READS, type RowForm } from './row-forms';
import type { Runner } from './runner';

/** Values for the parameters of rows.wgsl and packed_entries.wgsl. */
function parameters(form: RowForm, width: number, packed?: Tensor): Readonly<Record<string, number>> {
  return {
    LANES: form.lanes,
    ROWS: form.rows,
    VECTOR: width % 4 === 0 ? 1 : 0,
    SUBGROUPS: form.subgroups ? 1 : 0,
    ...(packed ? { PACKED: packed.dtype === 'f32' ? 0 : 1 } : {}),
  };
}

/** Returns the arguments of a call that reduces each row of `[rows, width]`. `packed` is the kernel's operand that may be packed. */
export function byRows(
  runner: Runner,
  rows: number,
  width: number,
  packed?: Tensor,
): { parameters: Readonly<Record<string, number>>; groups: readonly [number, number] } {
  const form = runner.rowForm(width);
  return { parameters: parameters(form, width, packed), groups: workgroupGrid(rows / form.rows) };
}

/** Most workgroups that reduce parts of a tensor; a last workgroup then reduces their results. */
const PARTS = 1024;
const SOFTWARE_PARTS = 16;

/** Returns the arguments of a call that reduces parts of a tensor of `count` entries, and their number. */
export function byParts(
  runner: Runner,
  count: number,
  parts?: number,
): { parameters: Readonly<Record<string, number>>; groups: readonly [number, 1] } {
  const form = runner.rowForm(parts === 1 ? count : 1024, true);
  const values = parameters(form, count);
  const perGroup = form.lanes * READS * (values['VECTOR'] ? 4 : 1);
  const most = runner.info.software ? SOFTWARE_PARTS : PARTS;
  return { parameters: values, groups: [parts ?? Math.min(most, Math.ceil(count / perGroup)), 1] };
}
