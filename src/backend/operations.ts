/**
 * The contract between algorithms and hardware. Three backends implement it: WGSL on WebGPU (`webgpu/`), WebAssembly on the CPU
 * (`wasm/`), and plain TypeScript (`cpu/`), which accumulates in float64 and is the reference the others are tested against.
 *
 * Operations are enqueued and return at once; `read` and `settle` wait. Matrices are row-major. Results are always f32;
 * operands may be packed (bf16, f16) and are decoded where they are used. What all backends share lies beside this file; nothing
 * here imports one of them.
 */

export type DType = 'f32' | 'bf16' | 'f16' | 'u32';

/** What a tensor is made from: bytes as a file stores them, or values. */
export type TensorData = Uint8Array | Float32Array | Uint32Array;

/** A handle to numbers a backend owns. It is freed with `Backend.free`, or by the `Scope` that owns it. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly label: string;
  /** Bytes the values take, padding excluded. */
  readonly bytes: number;
}

/** Rows `rowStart … rowStart + rows` of a cost matrix whose full width is `cost.shape[1]`. */
export interface CostBand {
  readonly cost: Tensor;
  readonly rowStart: number;
  readonly rows: number;
}

/**
 * A transport plan in factored form, T_ij = exp((f_i + g_j − M_ij) / ε). `f` has one entry per row of the whole matrix,
 * `g` one per column; neither the plan nor its kernel is ever stored.
 */
export interface Potentials {
  readonly f: Tensor;
  readonly g: Tensor;
  readonly epsilon: number;
}

/** The same rows of another matrix of the same width: of a cost, or with potentials of a plan. */
export interface Subtrahend {
  readonly cost: Tensor;
  readonly potentials?: Potentials | undefined;
}

/** A half-open rectangle of a matrix. */
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
  /** Write here instead of into a new tensor. Its rows may be wider than the product (see `columnOffset`). */
  readonly into?: Tensor;
  /** First column of `into` that is written. Default 0. */
  readonly columnOffset?: number;
  /** Add to what `into` holds rather than overwrite it. */
  readonly accumulate?: boolean;
}

export interface GatherOptions {
  /** 0 picks rows, 1 columns. Default 0. */
  readonly axis?: 0 | 1;
  /** Index of the first row (column) of `x` in the table it is a band of. Default 0. */
  readonly offset?: number;
  /** Write here instead of into a new tensor. */
  readonly into?: Tensor;
}

/** How far apart two rows are. `cosine` takes rows of unit length, or zero ones. */
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
   * Equally long sequences stacked in `q`, `k` and `v`; each sees itself alone. More than one have no past, and no keys beyond
   * their queries. Default 1.
   */
  readonly windows?: number;
}

/** What an attention was given and gave, and the derivative of a loss by what it gave. */
export interface AttentionPass {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly out: Tensor;
  readonly upstream: Tensor;
}

/** Running means of a parameter's gradient and of its square, of its shape; zero before the first step. */
export interface Moments {
  readonly first: Tensor;
  readonly second: Tensor;
}

export interface AdamWOptions {
  readonly rate: number;
  readonly betas: readonly [first: number, second: number];
  readonly eps: number;
  /** Decoupled: the parameter shrinks by rate · weightDecay in every step. */
  readonly weightDecay: number;
  /** Of this step, counted from 1. */
  readonly step: number;
  /** Multiplies the gradient before anything else: where clipping is done. Default 1. */
  readonly gradientFactor?: number;
}

export interface MemoryUse {
  /** Bytes held now in tensors that have not been freed. */
  readonly bytes: number;
  readonly peakBytes: number;
  readonly tensors: number;
  /** Bytes kept by the backend for reuse and for its own bookkeeping. */
  readonly pooledBytes: number;
}

export interface BackendInfo {
  readonly kind: 'webgpu' | 'cpu';
  /** For people: adapter vendor, architecture and description, or "CPU, WebAssembly SIMD, 2 threads". */
  readonly description: string;
  /** A WebGPU adapter that is a software rasteriser. */
  readonly software: boolean;
  /** Largest single tensor in bytes. */
  readonly maxTensorBytes: number;
  /** The limits the device was made with, for display. */
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
}

/** Columns of the result of `rowMoments`. */
export const ROW_MOMENT = { mean: 0, squares: 1 } as const;

/** Columns of the result of `planRows`. */
export const PLAN_ROW = { mass: 0, entropy: 1, cost: 2, argmax: 3, peak: 4 } as const;
export const PLAN_ROW_WIDTH = 5;

/** What holds the tensors of a backend. */
export interface TensorStore {
  memory(): MemoryUse;
  /**
   * Makes a tensor from raw values. A `Uint8Array` is taken as the little-endian bytes of `dtype` (as a safetensors file
   * stores them), a `Float32Array` or `Uint32Array` as values of the matching dtype.
   * @throws BackendError when the byte length does not match the shape or the tensor is over the device's limit.
   */
  upload(data: TensorData, shape: readonly number[], dtype: DType, label: string): Tensor;
  /** An f32 tensor of zeros. */
  zeros(shape: readonly number[], label: string): Tensor;
  /** Overwrites all values of an f32 or u32 tensor. */
  write(tensor: Tensor, data: Float32Array | Uint32Array): void;
  /** Frees at once for the accounting; the storage is reused only after the operations that use it. Twice is an error. */
  free(...tensors: readonly Tensor[]): void;
  /** Frees everything. Any later call throws. */
  dispose(): void;
}

/** What is computed. A backend implements each as a function in a file by subject, which `backendOver` makes a method of it. */
export interface Operations {
  /** Copies all rows of `source` into `target` from row `rowOffset` on. Both f32, same width. */
  copyRows(source: Tensor, target: Tensor, rowOffset: number): void;
  matmul(a: Tensor, b: Tensor, options?: MatmulOptions): Tensor;
  /** α·X, or α·X + β·Y, of equal shapes. */
  weightedSum(x: Tensor, alpha: number, y?: Tensor, beta?: number): Tensor;
  /**
   * Rows (`axis` 0) or columns (`axis` 1) of `x` picked by a u32 `index`: out[r] = x[index[r] − offset].
   * An index outside `offset … offset + x.shape[axis]` leaves its row of `into` as it was (zero in a new tensor), so that
   * a table cut into bands is gathered band by band.
   */
  gather(x: Tensor, index: Tensor, options?: GatherOptions): Tensor;
  /** [minimum, maximum] over all values. */
  extent(x: Tensor): Tensor;
  /** [max |x − y|] of equal shapes. */
  maxAbsDifference(x: Tensor, y: Tensor): Tensor;

  /** Every row of `x` divided by its Euclidean length; a row of zeros stays one. */
  unitRows(x: Tensor): Tensor;
  /**
   * M_ij = factor · distance of a_i and b_j for rows `rowStart … rowStart + rows` of `a` `[n, k]` against all rows of `b`
   * `[m, k]`; result `[rows, m]`, or overwritten `into`. The distance is ‖a_i − b_j‖₂ (`euclidean`), its square
   * (`squared`), or 1 − cos = ½‖a_i − b_j‖₂² of unit rows (`cosine`; 1 from a row of zeros to any other, 0 between two).
   * Differences are taken before squaring, so equal rows are exactly 0 apart.
   */
  pairwiseDistance(
    a: Tensor,
    b: Tensor,
    rowStart: number,
    rows: number,
    into?: Tensor,
    options?: DistanceOptions,
  ): Tensor;
  /** Per row of the band `[rows, 2]`, columns as in `ROW_MOMENT`: mean of its costs; sum of their squared deviations from it. */
  rowMoments(band: CostBand): Tensor;
  /**
   * Row half-step of Sinkhorn over one band, into f: f_i ← damping·(ε·log a − ε·LSE_j((g_j − M_ij)/ε)). Damping is 1
   * (default) for given row sums, ρ/(ρ+ε) for sums held to a with strength ρ only.
   */
  rowPotential(band: CostBand, potentials: Potentials, logMarginal: number, damping?: number): void;
  /**
   * Adds one band to the running log-sum-exp over rows for every column. `state` is `[2, m]`: maximum and scaled sum of
   * (f_i − M_ij)/ε; the first band (`rowStart` 0) initialises it.
   */
  columnLogSum(band: CostBand, potentials: Potentials, state: Tensor): void;
  /**
   * Ends a pass of `columnLogSum`. Returns `[Σ_j |Σ_i T_ij − b|]` of the plan as it was *before* the call (the L1 error of
   * the column marginal), and with `update` sets g_j ← damping·(ε·log b − ε·LSE_i((f_i − M_ij)/ε)), damping as in
   * `rowPotential`.
   */
  columnPotential(
    state: Tensor,
    potentials: Potentials,
    logMarginal: number,
    update: boolean,
    damping?: number,
  ): Tensor;
  /**
   * Per row of the band `[rows, 5]`, columns as in `PLAN_ROW`: mass Σ_j T_ij; entropy −Σ_j p_j log p_j of the row
   * normalised to 1 (nats); cost Σ_j T_ij G_ij; index of the largest entry (the first of equals) and its logarithm,
   * max_j (f_i + g_j − M_ij)/ε. G is `ground`, of the shape of the band's cost, or that cost itself.
   */
  planRows(band: CostBand, potentials: Potentials, ground?: Tensor): Tensor;
  /**
   * Adds the band's part of a plan applied to `x`, scaled. axis 0: into[j, :] += scale · Σ_i T_ij x[i, :] (TᵀX, `x` `[n, c]`,
   * `into` `[m, c]`). axis 1: into[r, j] += scale · Σ_i x[r, i] T_ij (X·T, `x` `[c, n]`, `into` `[c, m]`). The plan is
   * formed entry by entry from cost and potentials.
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
   * Adds the band's part of a pooled picture of `window` to `into` `[h, w, 2]` (zeroed first by the caller): maximum and mean
   * of the entries a pixel covers, of the cost, or of the plan (mass, not rescaled) when `potentials` are given. Pixel (y, x)
   * covers rows ⌊y·R/h⌋ … ⌈(y+1)·R/h⌉ of the window's R, likewise columns. Entries are ≥ 0.
   *
   * With `minus` the entries are differences, and the first of a pixel is the one of the largest magnitude, with its sign.
   */
  picture(
    band: CostBand,
    potentials: Potentials | undefined,
    window: Window,
    into: Tensor,
    minus?: Subtrahend,
  ): void;

  /** x / sqrt(mean(x²) + eps) · gain per row. */
  rmsNorm(x: Tensor, gain: Tensor, eps: number): Tensor;
  /**
   * Rotary embedding of `[t, heads·h]`, rotate-half layout (dimension j pairs with j + h/2). `table` is `[positions, h]`:
   * h/2 cosines, then h/2 sines. Row t takes table row `positionStart + t`.
   */
  rope(x: Tensor, table: Tensor, headDim: number, positionStart: number): Tensor;
  /**
   * Causal softmax attention with grouped heads. `q` `[t, heads·h]`; `k`, `v` `[≥ past + t, kvHeads·h]`; query head i reads
   * key-value head ⌊i·kvHeads/heads⌋; scores are scaled by 1/√h. No score matrix is stored. With `windows` W, `q` is
   * `[W·t, heads·h]`, `k` and `v` `[W·t, kvHeads·h]`.
   */
  attention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor;
  /** silu(gate) · up, elementwise. */
  swiglu(gate: Tensor, up: Tensor): Tensor;
  /** −log softmax(logits)[target] per row: `[t]` from `[t, V]` and u32 `[t]`. */
  crossEntropy(logits: Tensor, targets: Tensor): Tensor;

  /** max(x, 0), elementwise; NaN stays NaN. */
  relu(x: Tensor): Tensor;
  /** Back through `relu`: `upstream` where `activation` (what `relu` gave) is above 0, else 0. */
  reluGradient(activation: Tensor, upstream: Tensor): Tensor;
  /**
   * `[(1 − λ)·mean((P − T)²) + λ·(‖P‖ − ‖T‖)²]`, norms over all entries; overwrites `gradient` with its derivative by P. A
   * prediction of zeros has no slope of its norm.
   */
  normMatchedLoss(prediction: Tensor, target: Tensor, lambda: number, gradient: Tensor): Tensor;
  /**
   * One step of AdamW on a parameter and its moments, in place, of the gradient g times its factor:
   * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← (1 − rate·weightDecay)·p − rate·m̂/(√v̂ + eps), with m̂ = m/(1 − β₁ᵗ)
   * and v̂ = v/(1 − β₂ᵗ). All three are float32 numbers afterwards on every backend, so that a file holds them exactly.
   */
  adamW(parameter: Tensor, gradient: Tensor, moments: Moments, options: AdamWOptions): void;

  /**
   * Back through `rmsNorm`: the derivative by x, `[t, d]`, from that by its result, `upstream` `[t, d]`. Adds the derivative by
   * the gain, Σ_t upstream·x/rms, to `gainGradient` `[d]` where one is given.
   */
  rmsNormGradient(x: Tensor, gain: Tensor, upstream: Tensor, eps: number, gainGradient?: Tensor): Tensor;
  /**
   * Back through `attention` without a past: derivatives by q, k and v, of their shapes. Probabilities are formed again from
   * the scores; only two numbers a query and head are stored. A key-value head gathers from all query heads that read it.
   */
  attentionGradient(pass: AttentionPass, shape: AttentionShape): { q: Tensor; k: Tensor; v: Tensor };
  /** Back through `swiglu`: derivatives by gate and up. */
  swigluGradient(gate: Tensor, up: Tensor, upstream: Tensor): { gate: Tensor; up: Tensor };
  /**
   * Overwrites `logits` `[t, V]` with the derivative of Σ_t weights_t·crossEntropy_t by them: weights_t·(softmax − onehot).
   * A row of weight 0 becomes zeros whatever its target.
   */
  crossEntropyGradient(logits: Tensor, targets: Tensor, weights: Tensor): void;
  /**
   * Back through `gather` of rows: into[index[r] − offset] += rows[r], in the order of r. An index outside `into` is passed
   * over, so that a table cut into bands is served band by band.
   */
  scatterAdd(rows: Tensor, index: Tensor, into: Tensor, offset?: number): void;
  /** [Σ x²] over all values. */
  squaredNorm(x: Tensor): Tensor;
}

export interface Backend extends TensorStore, Operations {
  readonly info: BackendInfo;
  /** Values as float32 (u32 indices included, exact below 2²⁴). Waits for everything enqueued before. */
  read(tensor: Tensor): Promise<Float32Array>;
  /**
   * Bounds the work in flight: resolves when what was enqueued has been handed over and little of it is unfinished.
   * Long loops await it between steps; failures of earlier operations surface here and in `read`.
   */
  settle(): Promise<void>;
}
