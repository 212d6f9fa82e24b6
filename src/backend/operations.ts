/**
 * The interface of tensor operations. Three backends implement it: WGSL on WebGPU (`webgpu/`), WebAssembly on the CPU (`wasm/`), and
 * plain TypeScript (`cpu/`), which sums in float64; the other two are tested against it.
 * Operations are enqueued and return at once; `read` and `settle` wait. Matrices are row-major. Results are f32; operands may be
 * packed (bf16, f16) and kernels decode them. Files in this folder are shared by all backends and import none of them.
 */

import type { MemoryByKind, MemoryKind } from './memory-ledger';

export type DType = 'f32' | 'bf16' | 'f16' | 'u32';

/** Source of a tensor: bytes as a file stores them, or values. */
export type TensorData = Uint8Array | Float32Array | Uint32Array;

/** A handle to numbers that a backend owns. Free it with `Backend.free`, or let a `Scope` own it. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly label: string;
  /** Size of the values, without padding. */
  readonly bytes: number;
}

/** Rows `rowStart … rowStart + rows` of a cost matrix with `cost.shape[1]` columns. Row 0 of `cost` is row `rowStart`. */
export interface CostBand {
  readonly cost: Tensor;
  readonly rowStart: number;
  readonly rows: number;
}

/**
 * The potentials of a transport plan T_ij = exp((f_i + g_j − M_ij) / ε). `f` has one entry per row of the whole matrix, `g` one per
 * column. The plan itself is never stored.
 */
export interface Potentials {
  readonly f: Tensor;
  readonly g: Tensor;
  readonly epsilon: number;
}

/** A half-step of Sinkhorn: it moves the potential of one side so that the plan meets the marginal of that side. */
export interface HalfStep {
  /** Logarithm of the mass of every row (row half-step) or of every column. */
  readonly logMarginal: number;
  /** 1 (default) where the marginal must be met, ρ/(ρ+ε) where deviations from it are penalised with strength ρ. */
  readonly damping?: number;
  /** ω: the potential moves ω times as far. Default 1; more is over-relaxation. */
  readonly relaxation?: number;
}

export interface SinkhornIterations {
  readonly rows: HalfStep;
  readonly columns: HalfStep;
  /** Iterations to do, unless the error reaches `tolerance` before. */
  readonly count: number;
  /** Marginal error, as `columnPotential` returns it, at which to stop. */
  readonly tolerance: number;
  /**
   * If given, column half-steps are mixed with those before (`andersonStep`): `[HISTORY_ROWS, max(m, MIN_WIDTH)]`, zero before the
   * first iteration at an ε, and kept from call to call.
   */
  readonly history?: Tensor;
}

/** The matrix that a difference subtracts: the same rows of another cost, or, with `potentials`, of another plan. */
export interface Subtrahend {
  readonly cost: Tensor;
  readonly potentials?: Potentials | undefined;
}

/** A rectangle of a matrix; the ends are exclusive. */
export interface Window {
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
}

export interface MatmulOptions {
  /** `nn`: A·B, `nt`: A·Bᵀ (a linear layer with PyTorch's `[out, in]` weight), `tn`: Aᵀ·B. Default `nn`. */
  readonly orientation?: 'nn' | 'nt' | 'tn';
  /** Added to every row of the product; one entry per column of it. */
  readonly bias?: Tensor;
  /** Target instead of a new tensor. Its rows may be wider than the product (see `columnOffset`). */
  readonly into?: Tensor;
  /** First column of `into` that is written. Default 0. */
  readonly columnOffset?: number;
  /** Add to `into` instead of overwriting it. */
  readonly accumulate?: boolean;
}

export interface GatherOptions {
  /** 0 picks rows, 1 columns. Default 0. */
  readonly axis?: 0 | 1;
  /** Where `x` is a band of a table: index of its first row (column) in the table. Default 0. */
  readonly offset?: number;
  /** Target instead of a new tensor. */
  readonly into?: Tensor;
}

/** Distance of two rows. `cosine` needs rows of unit length or zero rows. */
export type Metric = 'euclidean' | 'squared' | 'cosine';

export interface DistanceOptions {
  /** Default `euclidean`. */
  readonly metric?: Metric;
  /** Multiplies every distance. Default 1. */
  readonly factor?: number;
}

export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Key positions before the first query: query t sees keys 0 … past + t. */
  readonly past: number;
  /**
   * Number of equally long sequences stacked in `q`, `k` and `v`; each attends only to itself. With more than one, `past` is 0 and
   * there are as many keys as queries. Default 1.
   */
  readonly windows?: number;
  /** Factor of the scores. Default 1/√headDim. */
  readonly scale?: number;
  /** A query sees only the last `span` of the keys that it would see: itself and those right before it. Default: all. */
  readonly span?: number;
  /** Soft cap c of the scores: x becomes c·tanh(x/c), after the factor. Default: none. */
  readonly cap?: number;
}

/** Gate function of an MLP: silu(x) = x·σ(x), or gelu(x) = x·Φ(x) in its approximation by tanh (Hendrycks & Gimpel 2016). */
export type Activation = 'silu' | 'gelu';

/** Operands and result of an attention, and the derivative of the loss by the result (`upstream`). */
export interface AttentionPass {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly out: Tensor;
  readonly upstream: Tensor;
}

/** Added to the gain of a norm: 1 where the checkpoint stores gains less 1. */
export type GainOffset = 0 | 1;

/** A tensor that AdamW updates, and what it needs for that; all f32. */
export interface AdamWParameter {
  readonly value: Tensor;
  readonly gradient: Tensor;
  /** `[2, …value's shape]`: the running means of the gradient and of its square. Zero before the first step. */
  readonly moments: Tensor;
}

export interface AdamWOptions {
  readonly rate: number;
  readonly betas: readonly [first: number, second: number];
  readonly eps: number;
  /** Decoupled: every step multiplies the parameter by 1 − rate · weightDecay. */
  readonly weightDecay: number;
  /** Number of this step, counted from 1. */
  readonly step: number;
  /** Factor on the gradients, applied first; used for clipping. A tensor `[1]` is read on the device. Default 1. */
  readonly gradientFactor?: number | Tensor;
}

export interface MemoryUse {
  /** Bytes of all tensors that have not been freed. */
  readonly bytes: number;
  readonly peakBytes: number;
  readonly tensors: number;
  /** Bytes that the backend keeps for reuse and for its own needs. */
  readonly pooledBytes: number;
  /** `bytes` by what the tensors are for, and `peakBytes` likewise. */
  readonly byKind: MemoryByKind;
  readonly peakByKind: MemoryByKind;
}

export interface BackendInfo {
  readonly kind: 'webgpu' | 'cpu';
  /** Text to show: adapter vendor, architecture and description, or "CPU, WebAssembly SIMD, 2 threads". */
  readonly description: string;
  /** True for a software WebGPU adapter. */
  readonly software: boolean;
  /** Largest single tensor in bytes. */
  readonly maxTensorBytes: number;
  /** Limits that the device was created with, for display. */
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
}

/** Columns of the result of `rowMoments`. */
export const ROW_MOMENT = { mean: 0, squares: 1 } as const;

/** Columns of the result of `planRows`. */
export const PLAN_ROW = { mass: 0, entropy: 1, cost: 2, argmax: 3, peak: 4 } as const;
export const PLAN_ROW_WIDTH = 5;

/** Owns the tensors of a backend. */
export interface TensorStore {
  memory(): MemoryUse;
  /**
   * Creates a tensor. A `Uint8Array` holds the little-endian bytes of `dtype` (as in a safetensors file), a `Float32Array` or
   * `Uint32Array` holds values of that dtype.
   * @throws BackendError if the byte length does not match the shape or exceeds the device's limit.
   */
  upload(data: TensorData, shape: readonly number[], dtype: DType, label: string): Tensor;
  /** Creates an f32 tensor of zeros. */
  zeros(shape: readonly number[], label: string): Tensor;
  /** Overwrites all values of an f32 or u32 tensor. */
  write(tensor: Tensor, data: Float32Array | Uint32Array): void;
  /** Says what a tensor is for, so that its memory is counted under that kind, and returns it. */
  countAs(kind: MemoryKind, tensor: Tensor): Tensor;
  /** Frees tensors. Operations already enqueued may still use their storage. @throws BackendError if a tensor was freed before. */
  free(...tensors: readonly Tensor[]): void;
  /** Frees everything. Any later call throws. */
  dispose(): void;
}

/** The operations. A backend implements each as a function in a file by subject; `backendClass` turns them into methods. */
export interface Operations {
  /** Copies all rows of `source` into `target` from row `rowOffset` on. Both f32, same width. */
  copyRows(source: Tensor, target: Tensor, rowOffset: number): void;
  matmul(a: Tensor, b: Tensor, options?: MatmulOptions): Tensor;
  /** α·X, or α·X + β·Y, of equal shapes. */
  weightedSum(x: Tensor, alpha: number, y?: Tensor, beta?: number): Tensor;
  /**
   * Picks rows (`axis` 0) or columns (`axis` 1) of `x` by a u32 `index`: out[r] = x[index[r] − offset].
   * For an index outside `offset … offset + x.shape[axis]`, the row of `into` stays as it is (zero in a new tensor), so that a table in
   * bands can be gathered band by band.
   */
  gather(x: Tensor, index: Tensor, options?: GatherOptions): Tensor;
  /** [minimum, maximum] over all values. */
  extent(x: Tensor): Tensor;
  /** [max |x − y|] of equal shapes. */
  maxAbsDifference(x: Tensor, y: Tensor): Tensor;

  /** Divides every row of `x` by its Euclidean length. A row of zeros stays zero. */
  unitRows(x: Tensor): Tensor;
  /**
   * M_ij = factor · distance of a_i and b_j for rows `rowStart … rowStart + rows` of `a` `[n, k]` against all rows of `b`
   * `[m, k]`. Returns `[rows, m]`, or overwrites `into`. The distance is ‖a_i − b_j‖₂ (`euclidean`), its square (`squared`), or
   * 1 − cos = ½‖a_i − b_j‖₂² of unit rows (`cosine`; 1 between a row of zeros and another row, 0 between two rows of zeros).
   * Squares are taken of differences, so the distance of equal rows is exactly 0.
   */
  pairwiseDistance(
    a: Tensor,
    b: Tensor,
    rowStart: number,
    rows: number,
    into?: Tensor,
    options?: DistanceOptions,
  ): Tensor;
  /** `[rows, 2]`, columns as in `ROW_MOMENT`: per row of the band, mean of its costs; sum of squared deviations from this mean. */
  rowMoments(band: CostBand): Tensor;
  /**
   * Row half-step of Sinkhorn over one band, written to f: f_i ← f_i + ω·(δ·(ε·log a − ε·LSE_j((g_j − M_ij)/ε)) − f_i), δ the damping.
   * It then adds the band to `state`, as `columnLogSum` with the new f would, but reads the cost only once for both.
   */
  rowPotential(band: CostBand, potentials: Potentials, step: HalfStep, state: Tensor): void;
  /**
   * Adds one band to the running log-sum-exp over rows, for every column. `state` is `[2, m]`: a reference r_j, usually the largest
   * exponent, and Σ_i exp((f_i − M_ij)/ε − r_j). The first band (`rowStart` 0) initialises it.
   */
  columnLogSum(band: CostBand, potentials: Potentials, state: Tensor): void;
  /**
   * Column half-step of Sinkhorn, from the `state` of all bands. Returns the marginal error `[Σ_j |Σ_i T_ij − b|]` of the plan
   * *before* the call. With `update` it sets g_j ← g_j + ω·(δ·(ε·log b − ε·LSE_i((f_i − M_ij)/ε)) − g_j).
   */
  columnPotential(state: Tensor, potentials: Potentials, step: HalfStep, update: boolean): Tensor;
  /**
   * Iterates over a cost in one band: `count` times a column and a row half-step, with the same numbers as single calls. `state` holds
   * the sums of the plan before and after. Returns `[count + 1]`: the marginal error before the first iteration and after each. The
   * first iteration with an error at or below `tolerance` is the last; those not done have the error −1.
   */
  sinkhorn(band: CostBand, potentials: Potentials, state: Tensor, iterations: SinkhornIterations): Tensor;
  /**
   * `[rows, 5]`, columns as in `PLAN_ROW`. Per row of the band: mass Σ_j T_ij; entropy −Σ_j p_j log p_j of the row normalised to 1
   * (nats); cost Σ_j T_ij G_ij; index of the largest entry (the first of equals); its logarithm, max_j (f_i + g_j − M_ij)/ε.
   * G is `ground`, in the shape of the band's cost; default is this cost.
   */
  planRows(band: CostBand, potentials: Potentials, ground?: Tensor): Tensor;
  /**
   * Multiplies `x` by the band's rows of the plan and adds the result to `into`. axis 0: into[j, :] += scale · Σ_i T_ij x[i, :] (TᵀX,
   * `x` `[n, c]`, `into` `[m, c]`). axis 1: into[r, j] += scale · Σ_i x[r, i] T_ij (X·T, `x` `[c, n]`, `into` `[c, m]`). Entries of the
   * plan are computed from cost and potentials.
   */
  applyPlan(
    band: CostBand,
    potentials: Potentials,
    x: Tensor,
    axis: 0 | 1,
    scale: number,
    into: Tensor,
  ): void;
  /**
   * Adds the band's part of a picture of `window` to `into` `[h, w, 2]`, which the caller sets to zero first: maximum and mean of the
   * entries in each pixel. Entries are of the cost or, with `potentials`, of the plan (mass, not rescaled), and ≥ 0. Pixel (y, x)
   * covers rows ⌊y·R/h⌋ … ⌈(y+1)·R/h⌉ of the window's R rows, and columns likewise.
   *
   * With `minus`, entries are differences; instead of the maximum a pixel has the entry of largest magnitude, with its sign.
   */
  picture(
    band: CostBand,
    potentials: Potentials | undefined,
    window: Window,
    into: Tensor,
    minus?: Subtrahend,
  ): void;

  /**
   * x / sqrt(mean(x²) + eps) · (gain + offset) per row. If the gain is shorter than a row of `x`, whose width must be a multiple of
   * its length, every part of that length is normalised by itself (such as the heads of queries). `offset` is 0 (default) or 1.
   */
  rmsNorm(x: Tensor, gain: Tensor, eps: number, offset?: GainOffset): Tensor;
  /**
   * Rotary embedding of `[t, heads·h]`, rotate-half layout (dimension j pairs with j + h/2). `table` is `[positions, h]`:
   * h/2 cosines, then h/2 sines. Row t takes table row `positionStart + t`.
   */
  rope(x: Tensor, table: Tensor, headDim: number, positionStart: number): Tensor;
  /**
   * Causal softmax attention with grouped heads. `q` `[t, heads·h]`; `k`, `v` `[≥ past + t, kvHeads·h]`; query head i reads
   * key-value head ⌊i·kvHeads/heads⌋. No score matrix is stored. With `windows` W, `q` is `[W·t, heads·h]`, `k` and `v`
   * `[W·t, kvHeads·h]`.
   */
  attention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor;
  /** activation(gate) · up, elementwise; silu by default. */
  swiglu(gate: Tensor, up: Tensor, activation?: Activation): Tensor;
  /** cap · tanh(x / cap), elementwise. */
  softCap(x: Tensor, cap: number): Tensor;
  /** −log softmax(logits)[target] per row: `[t]` from `[t, V]` and u32 `[t]`. */
  crossEntropy(logits: Tensor, targets: Tensor): Tensor;

  /** max(x, 0), elementwise; NaN stays NaN. */
  relu(x: Tensor): Tensor;
  /** Backward pass of `relu`: `upstream` where `activation` (the result of `relu`) is above 0, else 0. */
  reluGradient(activation: Tensor, upstream: Tensor): Tensor;
  /**
   * Returns `[(1 − λ)·mean((P − T)²) + λ·(‖P‖ − ‖T‖)²]`, norms over all entries, and overwrites `gradient` with its derivative by P.
   * For P = 0 the derivative of ‖P‖ counts as 0.
   */
  normMatchedLoss(prediction: Tensor, target: Tensor, lambda: number, gradient: Tensor): Tensor;
  /**
   * One step of AdamW on parameters and their moments, in place, with g the gradient times `gradientFactor`:
   * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← (1 − rate·weightDecay)·p − rate·m̂/(√v̂ + eps), with m̂ = m/(1 − β₁ᵗ)
   * and v̂ = v/(1 − β₂ᵗ). Every backend rounds all three to float32, so that a file stores them exactly.
   */
  adamW(parameters: readonly AdamWParameter[], options: AdamWOptions): void;

  /**
   * Backward pass of `rmsNorm`: returns the derivative by x, `[t, d]`; `upstream` `[t, d]` is the derivative by its result. Adds the
   * derivative by the gain, Σ_t upstream·x/rms, to `gainGradient` (of the gain's length) if given.
   */
  rmsNormGradient(
    x: Tensor,
    gain: Tensor,
    upstream: Tensor,
    eps: number,
    gainGradient?: Tensor,
    offset?: GainOffset,
  ): Tensor;
  /**
   * Backward pass of `attention` with `past` 0: derivatives by q, k and v, in their shapes. Probabilities are computed again; only
   * two numbers per query and head are stored. A key-value head sums over all query heads that read it.
   */
  attentionGradient(pass: AttentionPass, shape: AttentionShape): { q: Tensor; k: Tensor; v: Tensor };
  /** Backward pass of `swiglu`: derivatives by gate and up. */
  swigluGradient(
    gate: Tensor,
    up: Tensor,
    upstream: Tensor,
    activation?: Activation,
  ): { gate: Tensor; up: Tensor };
  /** Backward pass of `softCap` from its result `capped`: upstream · (1 − (capped/cap)²). */
  softCapGradient(capped: Tensor, upstream: Tensor, cap: number): Tensor;
  /**
   * Overwrites `logits` `[t, V]` with the derivative of Σ_t weights_t·crossEntropy_t by the logits: weights_t·(softmax − onehot).
   * A row with weight 0 becomes zero for any target.
   */
  crossEntropyGradient(logits: Tensor, targets: Tensor, weights: Tensor): void;
  /**
   * Backward pass of `gather` of rows: into[index[r] − offset] += rows[r], in the order of r. An index outside `into` is skipped, so
   * that a table in bands can be updated band by band.
   */
  scatterAdd(rows: Tensor, index: Tensor, into: Tensor, offset?: number): void;
  /** `[n]`: Σ x² over all values of each of the n tensors. */
  squaredNorms(tensors: readonly Tensor[]): Tensor;
  /**
   * [min(1, most/√Σ s)] over all entries s of `squares`: the factor that shrinks gradients of these squared norms to the norm `most`
   * together. NaN if the sum is NaN.
   */
  clipFactor(squares: Tensor, most: number): Tensor;
}

export interface Backend extends TensorStore, Operations {
  readonly info: BackendInfo;
  /**
   * Returns the values as float32 (also of u32 indices, exact below 2²⁴). Waits for all operations enqueued before.
   * @throws the failure of an earlier operation.
   */
  read(tensor: Tensor): Promise<Float32Array>;
  /**
   * Limits the work in flight: resolves when all enqueued operations are submitted and few are unfinished. Await it between the steps
   * of a long loop. @throws the failure of an earlier operation, as `read` does.
   */
  settle(): Promise<void>;
  /**
   * Resolves when the device has said of all operations so far whether they succeeded: to the first failure, if there was one. Then
   * any tensor may be wrong, and the backend has to be replaced. A lost device is not told here.
   */
  failure(): Promise<Error | undefined>;
}
