import { BackendError } from '../errors';

/** Bindings and fields of the `Params` struct, read from a kernel's WGSL, the only place that states them. */
export interface KernelLayout {
  readonly bindings: readonly Binding[];
  readonly params: readonly ParamField[];
}
interface Binding {
  readonly name: string;
  readonly index: number;
  readonly type: 'uniform' | 'read-only-storage' | 'storage';
}
export interface ParamField {
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'f32';
  /** Bytes from the start of the struct. All fields are 4-byte scalars. */
  readonly offset: number;
}

const BINDING =
  /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage)(?:,\s*(read|read_write))?>\s*(\w+)\s*:/g;
const PARAMS = /struct Params \{([^}]*)\}/;
const FIELD = /^\s*(\w+)\s*:\s*(\w+)\s*,?\s*$/;

/** Parses bindings and uniform fields of WGSL source. @throws BackendError if a field is not a 4-byte scalar. */
export function parseLayout(kernel: string, source: string): KernelLayout {
  const bindings = [...source.matchAll(BINDING)].map(([, index, space, access, name]): Binding => ({
    name: name ?? '',
    index: Number(index),
    type: space === 'uniform' ? 'uniform' : access === 'read_write' ? 'storage' : 'read-only-storage',
  }));
  const body = PARAMS.exec(source)?.[1] ?? '';
  const params = body
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//'))
    .map((line, i): ParamField => {
      const [, name, type] = FIELD.exec(line) ?? [];
      if (!name || (type !== 'u32' && type !== 'i32' && type !== 'f32')) {
        throw new BackendError(
          `${kernel}.wgsl: expected "name: u32 | i32 | f32" in Params, got "${line.trim()}"`,
        );
      }
      return { name, type, offset: 4 * i };
    });
  return { bindings, params };
}

/** Writes named values into `view` at `start` in the layout of the struct. @throws BackendError for a missing or unknown name. */
export function packParams(
  kernel: string,
  fields: readonly ParamField[],
  values: Readonly<Record<string, number>>,
  view: DataView,
  start: number,
): void {
  if (Object.keys(values).length !== fields.length) {
    throw new BackendError(
      `${kernel}: expected params ${fields.map((f) => f.name).join(', ')}, got ${Object.keys(values).join(', ')}`,
    );
  }
  for (const { name, type, offset } of fields) {
    const value = values[name];
    if (value === undefined) throw new BackendError(`${kernel}: param ${name} is missing`);
    if (type === 'f32') view.setFloat32(start + offset, value, true);
    else if (type === 'u32') view.setUint32(start + offset, value, true);
    else view.setInt32(start + offset, value, true);
  }
}
