/** An operator of a graph. Attributes are integers, floats (`{ float }`) or lists of integers. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;
  /** Default: ONNX's own operators. */
  readonly domain?: string;
}

/** A constant of a graph. */
export interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

interface Graph {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  /** Names and shapes; all float32. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

const FLOAT = 1;
const INT32 = 6;
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;

/** Writes a graph as an ONNX file (onnx.proto3 of github.com/onnx/onnx; only the fields that a runtime needs). */
export function onnxModel({ nodes, constants, inputs, outputs }: Graph): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, nodeFields(node))),
    text(2, 'chain'),
    ...constants.map((constant) => message(5, constantFields(constant))),
    ...Object.entries(inputs).map(([name, shape]) => message(11, valueFields(name, shape))),
    ...Object.entries(outputs).map(([name, shape]) => message(12, valueFields(name, shape))),
  ];
  const opset = (domain: string, version: number): Uint8Array =>
    message(8, [text(1, domain), integer(2, version)]);
  return joined([integer(1, 8), message(7, graph), opset('', 17), opset('com.microsoft', 1)]);
}

const nodeFields = ({ op, inputs, outputs, attributes = {}, domain }: Node): Uint8Array[] => [
  ...inputs.map((name) => text(1, name)),
  ...outputs.map((name) => text(2, name)),
  text(4, op),
  ...Object.entries(attributes).map(([name, value]) => message(5, [text(1, name), ...attribute(value)])),
  ...(domain === undefined ? [] : [text(7, domain)]),
];

function attribute(value: number | readonly number[] | { readonly float: number }): Uint8Array[] {
  if (typeof value === 'number') return [integer(3, value), integer(20, ATTRIBUTE.int)];
  if ('float' in value) return [float(2, value.float), integer(20, ATTRIBUTE.float)];
  return [...value.map((item) => integer(8, item)), integer(20, ATTRIBUTE.ints)];
}

const constantFields = ({ name, shape, values }: Constant): Uint8Array[] => [
  ...shape.map((size) => integer(1, size)),
  integer(2, values instanceof Int32Array ? INT32 : FLOAT),
  text(8, name),
  bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
];

function valueFields(name: string, shape: readonly number[]): Uint8Array[] {
  const sizes = message(
    2,
    shape.map((size) => message(1, [integer(1, size)])),
  );
  return [text(1, name), message(2, [message(1, [integer(1, FLOAT), sizes])])];
}

// Protocol buffers: a field is its number and wire type, then a variable-length integer, four bytes, or a length and bytes.
const tag = (field: number, wire: number): number[] => variable((field << 3) | wire);

function variable(value: number): number[] {
  const parts: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    parts.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return parts;
}

const integer = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...tag(field, 0), ...variable(value)]);

function float(field: number, value: number): Uint8Array {
  return joined([Uint8Array.from(tag(field, 5)), new Uint8Array(Float32Array.of(value).buffer)]);
}

const bytes = (field: number, value: Uint8Array): Uint8Array =>
  joined([Uint8Array.from([...tag(field, 2), ...variable(value.length)]), value]);

const text = (field: number, value: string): Uint8Array => bytes(field, new TextEncoder().encode(value));

const message = (field: number, fields: readonly Uint8Array[]): Uint8Array => bytes(field, joined(fields));

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
