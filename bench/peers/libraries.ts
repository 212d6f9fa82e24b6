/**
 * The parts of other libraries that the benchmark calls. Their own types are not used, because they are installed only for
 * `npm run bench -- peers`, and types are checked without them.
 */

/** An array of jax-js. Every use takes a reference; `ref` adds one. */
export interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  neg(): JaxArray;
  sum(axis?: number): JaxArray;
  reshape(shape: number[]): JaxArray;
  transpose(): JaxArray;
  slice(...index: (number | [] | [number, number] | null)[]): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}
type JaxDevice = 'wasm' | 'webgpu';
export type JaxTree = Record<string, JaxArray>;

/** `@jax-js/jax`. */
export interface Jax {
  readonly numpy: {
    array(values: Float32Array, options: { shape: number[]; device: JaxDevice }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    concatenate(parts: JaxArray[], axis: number): JaxArray;
    mean(x: JaxArray, axis: number, options: { keepdims: boolean }): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    reciprocal(x: JaxArray): JaxArray;
  };
  readonly nn: {
    softmax(x: JaxArray, axis: number): JaxArray;
    logsumexp(x: JaxArray, axis: number): JaxArray;
    silu(x: JaxArray): JaxArray;
    dotProductAttention(q: JaxArray, k: JaxArray, v: JaxArray, options: { isCausal: boolean }): JaxArray;
  };
  init(...devices: JaxDevice[]): Promise<JaxDevice[]>;
  defaultDevice(device: JaxDevice): JaxDevice;
  jit<F>(f: F): F & { dispose(): void };
  grad(
    f: (weights: JaxTree, ...rest: JaxArray[]) => JaxArray,
  ): (weights: JaxTree, ...rest: JaxArray[]) => JaxTree;
}

export interface TfTensor {
  readonly shape: number[];
  add(other: TfTensor | number): TfTensor;
  sub(other: TfTensor | number): TfTensor;
  mul(other: TfTensor | number): TfTensor;
  div(other: TfTensor | number): TfTensor;
  neg(): TfTensor;
  sum(): TfTensor;
  mean(axis: number, keepDims: boolean): TfTensor;
  rsqrt(): TfTensor;
  sigmoid(): TfTensor;
  softmax(axis?: number): TfTensor;
  logSumExp(axis: number): TfTensor;
  reshape(shape: number[]): TfTensor;
  transpose(order?: number[]): TfTensor;
  tile(repeats: number[]): TfTensor;
  slice(begin: number[], size: number[]): TfTensor;
  clone(): TfTensor;
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** `@tensorflow/tfjs`. */
export interface Tf {
  tensor(values: Float32Array, shape: number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  concat(parts: TfTensor[], axis: number): TfTensor;
  tidy<T>(work: () => T): T;
  grads(f: (...inputs: TfTensor[]) => TfTensor): (inputs: TfTensor[]) => TfTensor[];
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  removeBackend(name: string): void;
  enableProdMode(): void;
  getBackend(): string;
}

/** `@tensorflow/tfjs-backend-wasm`. */
export interface TfWasm {
  setWasmPaths(paths: Readonly<Record<string, string>>): void;
  setThreadsCount(threads: number): void;
}

interface OrtTensor {
  readonly data: Float32Array;
}

export interface OrtSession {
  run(inputs: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** `onnxruntime-web/webgpu` and `onnxruntime-web/wasm`. */
export interface Ort {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { executionProviders: string[]; graphOptimizationLevel: 'all'; logSeverityLevel: number },
    ): Promise<OrtSession>;
  };
  readonly env: {
    readonly wasm: { numThreads: number; wasmPaths: { readonly mjs: string; readonly wasm: string } };
    logLevel: string;
  };
}
