import { d as openCpu } from "./cycles.mjs";
import { t as blockShapes } from "./block-SzSOAUuq.mjs";
import { i as isOutputProjection, n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
import { t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as createYielder } from "./yielder-xjQqye8I.mjs";
import { n as shuffled, t as randomSource } from "./random-Ctrb54fu.mjs";
import { n as elements } from "./shape-DKf2iP5J.mjs";
import { t as MAX_ROWS } from "./limits-Pm1Yvbuv.mjs";
import { t as gemm } from "./gemm-D3v-2270.mjs";
// src/upscale/lesa/dataset.ts
/** Slices V_0 … V_{L−1} of one kind of matrix, on the backend. Triples of neighbouring slices give the examples. */
var SliceTable = class {
	/** Rows of a slice. */
	rank;
	/** Columns of a slice. */
	width;
	/** Number of examples: one per row of every triple of neighbouring layers, numbered layer by layer. */
	examples;
	#backend;
	#bands = [];
	constructor(backend, { rank, slices }, width) {
		this.rank = rank;
		this.width = width;
		this.examples = Math.max(0, slices.length - 2) * rank;
		this.#backend = backend;
		const perBand = Math.max(1, Math.floor(backend.info.maxTensorBytes / (4 * rank * width)));
		for (let first = 0; first < slices.length; first += perBand) {
			const part = slices.slice(first, first + perBand);
			const values = new Float32Array(part.length * rank * width);
			for (const [i, slice] of part.entries()) values.set(slice, i * rank * width);
			const tensor = backend.upload(values, [part.length * rank, width], "f32", "singular vectors");
			this.#bands.push({
				tensor,
				start: first * rank
			});
		}
	}
	/** Gathers examples by number. The caller frees the three tensors. */
	batch(examples) {
		return this.#withIndex(examples, (pick) => ({
			previous: pick(0),
			target: pick(this.rank),
			next: pick(2 * this.rank)
		}));
	}
	/** Returns V of one layer, `[rank, width]`. The caller frees it. */
	slice(layer) {
		const rows = Uint32Array.from({ length: this.rank }, (_, row) => row);
		return this.#withIndex(rows, (pick) => pick(layer * this.rank));
	}
	free() {
		this.#backend.free(...this.#bands.map(({ tensor }) => tensor));
		this.#bands.length = 0;
	}
	/** Calls `use` with a function that gathers `rows` shifted by a given number of rows. */
	#withIndex(rows, use) {
		const last = this.#bands.at(-1);
		const end = (last?.start ?? 0) + (last?.tensor.shape[0] ?? 0);
		const index = this.#backend.upload(rows.map((row) => row + end), [rows.length], "u32", "examples");
		try {
			return use((shift) => this.#gather(index, end - shift));
		} finally {
			this.#backend.free(index);
		}
	}
	/** Rows `index − offset` of the table. */
	#gather(index, offset) {
		const [first, ...others] = this.#bands;
		if (!first) throw new Error("the table was freed");
		const into = this.#backend.gather(first.tensor, index, { offset });
		for (const { tensor, start } of others) this.#backend.gather(tensor, index, {
			offset: offset + start,
			into
		});
		return into;
	}
};
/**
* Parameters of the network 2·width → 256 → 256 → width. The first layer's weight is stored as two matrices, for the
* previous and the next layer's slice: [firstPrevious | firstNext].
*/
var PARAMETERS = [
	"firstPrevious",
	"firstNext",
	"firstBias",
	"second",
	"secondBias",
	"third",
	"thirdBias"
];
/** Weights `[out, in]`, biases `[out]`, in the order of `PARAMETERS`. */
var parameterShapes = (width) => ({
	firstPrevious: [256, width],
	firstNext: [256, width],
	firstBias: [256],
	second: [256, 256],
	secondBias: [256],
	third: [width, 256],
	thirdBias: [width]
});
/** Multiply-adds of predicting one example (forward only). */
var predictionWork = (width) => 256 * (3 * width + 256);
/**
* Draws parameters as PyTorch initialises linear layers: weights (Kaiming uniform, a = √5) and biases uniform in ±1/√inputs.
* @param random Uniform in [0, 1); drawn in the order of `PARAMETERS`.
*/
function initialParameters(width, random) {
	const inputs = {
		firstPrevious: 2 * width,
		firstNext: 2 * width,
		firstBias: 2 * width,
		second: 256,
		secondBias: 256,
		third: 256,
		thirdBias: 256
	};
	const shapes = parameterShapes(width);
	return named((name) => {
		const bound = 1 / Math.sqrt(inputs[name]);
		return Float32Array.from({ length: elements(shapes[name]) }, () => bound * (2 * random() - 1));
	});
}
/** LESA's prediction network, with gradients and the state of AdamW. */
var Predictor = class {
	#backend;
	#parameters;
	#values;
	#training;
	#ones = /* @__PURE__ */ new Map();
	#steps = 0;
	constructor(backend, width, values) {
		this.#backend = backend;
		this.#values = new Scope(backend, "weights");
		this.#training = new Scope(backend, "optimizer");
		const shapes = parameterShapes(width);
		const zeros = (shape, label) => this.#training.own(backend.zeros(shape, label));
		try {
			this.#parameters = named((name) => ({
				value: this.#values.own(backend.upload(values[name], shapes[name], "f32", name)),
				gradient: zeros(shapes[name], `gradient of ${name}`),
				moments: zeros([2, ...shapes[name]], `moments of ${name}`)
			}));
		} catch (error) {
			this.free();
			throw error;
		}
	}
	/** Predicts from slices or batches of the previous and the next layer. The result has their shape. */
	predict(previous, next) {
		const scope = new Scope(this.#backend);
		try {
			return scope.release(this.#forward(scope, previous, next).output);
		} finally {
			scope.free();
		}
	}
	/** Returns the loss `[1]` of a batch (see `Backend.normMatchedLoss`) and overwrites the gradients. */
	backpropagate({ previous, next, target }, lambda) {
		const backend = this.#backend;
		const scope = new Scope(backend);
		try {
			const { first, second, output } = this.#forward(scope, previous, next);
			const { second: secondWeight, third } = this.#parameters;
			const slope = scope.own(backend.zeros(output.shape, "slope of the output"));
			const loss = scope.own(backend.normMatchedLoss(output, target, lambda, slope));
			this.#gradient("third", slope, second);
			this.#biasGradient("thirdBias", slope);
			const atSecond = this.#back(scope, slope, third.value, second);
			this.#gradient("second", atSecond, first);
			this.#biasGradient("secondBias", atSecond);
			const atFirst = this.#back(scope, atSecond, secondWeight.value, first);
			this.#gradient("firstPrevious", atFirst, previous);
			this.#gradient("firstNext", atFirst, next);
			this.#biasGradient("firstBias", atFirst);
			return scope.release(loss);
		} finally {
			scope.free();
		}
	}
	/** One step of AdamW along the gradients. */
	step(options) {
		this.#steps++;
		const parameters = PARAMETERS.map((name) => this.#parameters[name]);
		this.#backend.adamW(parameters, {
			...options,
			step: this.#steps
		});
	}
	/** Reads parameters or gradients to the host. */
	async read(what) {
		const read = PARAMETERS.map(async (name) => [name, await this.#backend.read(this.#parameters[name][what])]);
		const values = new Map(await Promise.all(read));
		return named((name) => values.get(name) ?? /* @__PURE__ */ new Float32Array());
	}
	/** Frees gradients and AdamW's state. The network can still predict. May be called twice. */
	endTraining() {
		this.#training.free();
		this.#ones.clear();
	}
	free() {
		this.#training.free();
		this.#values.free();
	}
	#forward(scope, previous, next) {
		const backend = this.#backend;
		const { firstPrevious, firstNext, firstBias, second, secondBias, third, thirdBias } = this.#parameters;
		const linear = { orientation: "nt" };
		const before = scope.own(backend.matmul(previous, firstPrevious.value, {
			...linear,
			bias: firstBias.value
		}));
		backend.matmul(next, firstNext.value, {
			...linear,
			into: before,
			accumulate: true
		});
		const first = scope.own(backend.relu(before));
		const middle = scope.own(backend.matmul(first, second.value, {
			...linear,
			bias: secondBias.value
		}));
		const activation = scope.own(backend.relu(middle));
		return {
			first,
			second: activation,
			output: scope.own(backend.matmul(activation, third.value, {
				...linear,
				bias: thirdBias.value
			}))
		};
	}
	/** Gradient of the ReLU's input, from the gradient of the output of the linear layer after it. */
	#back(scope, slope, weight, activation) {
		const passed = scope.own(this.#backend.matmul(slope, weight));
		return scope.own(this.#backend.reluGradient(activation, passed));
	}
	#gradient(name, slope, input) {
		this.#backend.matmul(slope, input, {
			orientation: "tn",
			into: this.#parameters[name].gradient
		});
	}
	/** Sums `slope` over the examples, as a product with a row of ones. */
	#biasGradient(name, slope) {
		const rows = slope.shape[0] ?? 1;
		let ones = this.#ones.get(rows);
		if (!ones) {
			ones = this.#training.own(this.#backend.upload(new Float32Array(rows).fill(1), [1, rows], "f32", "ones"));
			this.#ones.set(rows, ones);
		}
		this.#backend.matmul(ones, slope, { into: this.#parameters[name].gradient });
	}
};
function named(of) {
	return Object.fromEntries(PARAMETERS.map((name) => [name, of(name)]));
}
// src/upscale/lesa/eigen.ts
/** Most sweeps per eigenvalue. Usually fewer than three are needed. */
var MAX_SWEEPS = 60;
/**
* Computes all eigenvalues and eigenvectors of a symmetric n × n matrix in float64: tridiagonal reduction by Householder
* reflections, then implicit QL sweeps (EISPACK's tred2 and tql2, after Wilkinson and Reinsch 1971). Takes about 9·n³
* multiply-adds. Overwrites `matrix`.
* @param pause Awaited between steps of order n²; it may throw to stop the work.
* @throws UpscaleError if an entry is not finite or an eigenvalue does not converge.
*/
async function symmetricEigen(matrix, n, pause) {
	const { diagonal, offDiagonal, vectors } = await tridiagonalise(matrix, n, pause);
	await diagonalise(diagonal, offDiagonal, vectors, pause);
	const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i]);
	const sorted = new Float64Array(n * n);
	for (const [to, from] of order.entries()) sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n);
	return {
		values: Float64Array.from(order, (i) => diagonal[i]),
		vectors: sorted
	};
}
/** Reflects column k onto its first entry below the diagonal, for k = 0, 1, … Stores the reflections in the rows of `a`. */
async function tridiagonalise(a, n, pause) {
	const diagonal = new Float64Array(n);
	const offDiagonal = new Float64Array(n);
	const scales = new Float64Array(n);
	const product = new Float64Array(n);
	for (let k = 0; k < n - 1; k++) {
		await pause();
		diagonal[k] = a[k * n + k];
		const v = a.subarray(k * n, (k + 1) * n);
		let squares = 0;
		for (let j = k + 1; j < n; j++) squares += v[j] ** 2;
		const head = v[k + 1];
		const norm = Math.sqrt(squares);
		const target = head > 0 ? -norm : norm;
		offDiagonal[k] = target;
		if (norm === 0) continue;
		v[k + 1] = head - target;
		const scale = 1 / (norm * (norm + Math.abs(head)));
		scales[k] = scale;
		let inner = 0;
		for (let i = k + 1; i < n; i++) {
			const at = i * n;
			let sum = 0;
			for (let j = k + 1; j < n; j++) sum += a[at + j] * v[j];
			product[i] = scale * sum;
			inner += product[i] * v[i];
		}
		const half = scale * inner / 2;
		for (let i = k + 1; i < n; i++) product[i] -= half * v[i];
		for (let i = k + 1; i < n; i++) {
			const at = i * n;
			const x = v[i];
			const y = product[i];
			for (let j = k + 1; j < n; j++) a[at + j] -= x * product[j] + y * v[j];
		}
	}
	diagonal[n - 1] = a[n * n - 1];
	const q = new Float64Array(n * n);
	for (let i = 0; i < n; i++) q[i * n + i] = 1;
	for (let k = n - 2; k >= 0; k--) {
		await pause();
		const scale = scales[k];
		if (scale === 0) continue;
		const v = a.subarray(k * n, (k + 1) * n);
		product.fill(0);
		for (let i = k + 1; i < n; i++) {
			const x = v[i];
			const at = i * n;
			for (let j = k + 1; j < n; j++) product[j] += x * q[at + j];
		}
		for (let i = k + 1; i < n; i++) {
			const x = scale * v[i];
			const at = i * n;
			for (let j = k + 1; j < n; j++) q[at + j] -= x * product[j];
		}
	}
	const vectors = new Float64Array(n * n);
	for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[j * n + i] = q[i * n + j];
	return {
		diagonal,
		offDiagonal,
		vectors
	};
}
/** Overwrites `d` with the eigenvalues, unordered, and the rows of `vectors` with the eigenvectors. */
async function diagonalise(d, e, vectors, pause) {
	const n = d.length;
	let largest = 0;
	for (let first = 0; first < n; first++) {
		largest = Math.max(largest, Math.abs(d[first]) + Math.abs(e[first]));
		for (let sweep = 0;; sweep++) {
			let last = first;
			while (last < n - 1 && !(Math.abs(e[last]) <= Number.EPSILON * largest)) last++;
			if (last === first) break;
			if (sweep === MAX_SWEEPS || !Number.isFinite(largest)) throw new UpscaleError(`eigenvalue ${first} of ${n}: expected it to converge in ${MAX_SWEEPS} sweeps, got off-diagonal ${e[first]}. Check that the weights are finite.`);
			await pause();
			qlSweep(d, e, vectors, first, last);
		}
	}
}
/** One QL step with implicit Wilkinson shift on rows `first … last`. Applies the rotations to the rows of `vectors`. */
function qlSweep(d, e, vectors, first, last) {
	const n = d.length;
	let g = (d[first + 1] - d[first]) / (2 * e[first]);
	let r = Math.sqrt(g * g + 1);
	g = d[last] - d[first] + e[first] / (g + (g < 0 ? -r : r));
	let sine = 1;
	let cosine = 1;
	let shift = 0;
	for (let i = last - 1; i >= first; i--) {
		const f = sine * e[i];
		const b = cosine * e[i];
		r = Math.sqrt(f * f + g * g);
		e[i + 1] = r;
		if (r === 0) {
			d[i + 1] -= shift;
			e[last] = 0;
			return;
		}
		sine = f / r;
		cosine = g / r;
		g = d[i + 1] - shift;
		r = (d[i] - g) * sine + 2 * cosine * b;
		shift = sine * r;
		d[i + 1] = g + shift;
		g = cosine * r - b;
		const low = i * n;
		const high = low + n;
		for (let k = 0; k < n; k++) {
			const x = vectors[low + k];
			const y = vectors[high + k];
			vectors[high + k] = sine * x + cosine * y;
			vectors[low + k] = cosine * x - sine * y;
		}
	}
	d[first] -= shift;
	e[first] = g;
	e[last] = 0;
}
// src/upscale/lesa/svd.ts
/** Singular values below this fraction of the largest are rounding errors of the Gram matrix (its eigenvalues are squares). */
var SMALLEST = 1e-6;
/** Multiply-adds between two calls of `pause`. */
var CHUNK = 3e7;
/**
* Computes the thin singular value decomposition of C = [W_0 | W_1 | … | W_{L−1}] in float64, from the eigenvectors of
* C·Cᵀ. Each W_l is `[rows, columns]`. Singular values below 1e-6 of the largest are left out. C = U·(UᵀC) holds for every
* condition number.
* @param pause Awaited about every 30 million multiply-adds; it may throw to stop the work.
* @throws UpscaleError for more than 2048 rows, or entries that are not finite.
*/
async function thinSvd(concatenated, rows, columns, pause) {
	if (rows > 2048) throw new UpscaleError(`expected at most ${MAX_ROWS} output neurons, got ${rows}: the SVD takes time with their cube. Choose another method or a smaller model.`);
	const { vectors } = await symmetricEigen(await gram(concatenated, rows, columns, pause), rows, pause);
	makeLargestPositive(vectors, rows);
	const slices = [];
	const squares = new Float64Array(rows);
	for (const weight of concatenated) slices.push(await projected(vectors, weight, squares, columns, pause));
	const s = squares.map(Math.sqrt);
	const kept = [...s.keys()].filter((i) => s[i] > SMALLEST * Math.max(...s)).sort((i, j) => s[j] - s[i]);
	const rank = kept.length;
	const u = new Float64Array(rows * rank);
	for (const [r, from] of kept.entries()) for (let i = 0; i < rows; i++) u[i * rank + r] = vectors[from * rows + i];
	return {
		rank,
		u,
		s: Float64Array.from(kept, (i) => s[i]),
		slices: slices.map((slice) => scaledRows(slice, kept, s, columns))
	};
}
/** C·Cᵀ. */
async function gram(concatenated, rows, columns, pause) {
	const out = new Float64Array(rows * rows);
	const band = bandRows(rows, columns);
	for (const values of concatenated) for (let first = 0; first < rows; first += band) {
		await pause();
		const from = {
			values,
			start: first * columns,
			row: columns,
			column: 1
		};
		const height = Math.min(band, rows - first);
		gemm(out, first * rows + first, rows, from, from, height, rows - first, columns);
	}
	for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) out[i * rows + j] = out[j * rows + i];
	return out;
}
/** Computes Uᵀ·W and adds its squared row norms to `squares`. `vectors` holds Uᵀ. */
async function projected(vectors, weight, squares, columns, pause) {
	const rows = squares.length;
	const result = new Float32Array(rows * columns);
	const band = bandRows(rows, columns);
	const right = {
		values: weight,
		start: 0,
		row: 1,
		column: columns
	};
	for (let first = 0; first < rows; first += band) {
		await pause();
		const height = Math.min(band, rows - first);
		const out = new Float64Array(height * columns);
		const left = {
			values: vectors,
			start: first * rows,
			row: rows,
			column: 1
		};
		gemm(out, 0, columns, left, right, height, columns, rows);
		for (let i = 0; i < height; i++) for (let j = 0; j < columns; j++) squares[first + i] += out[i * columns + j] ** 2;
		result.set(out, first * columns);
	}
	return result;
}
var bandRows = (rows, columns) => Math.max(4, Math.floor(CHUNK / (rows * columns)));
/** Makes the largest entry of every vector positive, because the sign of a singular vector is arbitrary. */
function makeLargestPositive(vectors, n) {
	for (let i = 0; i < n; i++) {
		const vector = vectors.subarray(i * n, (i + 1) * n);
		let largest = 0;
		for (const entry of vector) if (Math.abs(entry) > Math.abs(largest)) largest = entry;
		if (largest < 0) for (let j = 0; j < n; j++) vector[j] = -vector[j];
	}
}
/** Selects the rows `kept` and divides each by its singular value. */
function scaledRows(slice, kept, s, columns) {
	const out = new Float32Array(kept.length * columns);
	for (const [r, from] of kept.entries()) {
		const scale = 1 / s[from];
		for (let j = 0; j < columns; j++) out[r * columns + j] = slice[from * columns + j] * scale;
	}
	return out;
}
// src/upscale/lesa/training.ts
/** Settings of the released code (method.md 6.4); all others are PyTorch's defaults for AdamW. */
var TRAINING = {
	epochs: 10,
	batch: 64,
	/** Weight of the norm term in the loss. */
	lambda: 5e-4,
	adamW: {
		rate: .001,
		betas: [.9, .999],
		eps: 1e-8,
		weightDecay: .01
	}
};
/**
* Trains one epoch on the examples in the given order, with an AdamW step per batch. The last batch may be smaller.
* @returns The loss of every batch before its step.
* @throws AbortError between batches.
*/
async function trainEpoch(backend, predictor, table, order, { signal, onBatch } = {}) {
	const batches = Math.ceil(order.length / TRAINING.batch);
	const losses = backend.zeros([batches, 1], "losses");
	try {
		for (let step = 0; step < batches; step++) {
			signal?.throwIfAborted();
			const first = step * TRAINING.batch;
			const batch = table.batch(order.slice(first, first + TRAINING.batch));
			try {
				const loss = predictor.backpropagate(batch, TRAINING.lambda);
				backend.copyRows(loss, losses, step);
				backend.free(loss);
				predictor.step(TRAINING.adamW);
			} finally {
				backend.free(batch.previous, batch.next, batch.target);
			}
			await backend.settle();
			onBatch?.((step + 1) / batches);
		}
		return await backend.read(losses);
	} finally {
		backend.free(losses);
	}
}
/**
* Trains for `TRAINING.epochs` epochs; shuffles the examples for each.
* @returns The mean loss of every epoch.
* @throws UpscaleError if a loss is not finite; AbortError.
*/
async function train(backend, predictor, table, random, { signal, onProgress } = {}) {
	const means = [];
	for (let epoch = 0; epoch < TRAINING.epochs; epoch++) {
		const onBatch = (fraction) => onProgress?.({
			epoch: epoch + 1,
			loss: means.at(-1),
			fraction: (epoch + fraction) / TRAINING.epochs
		});
		const losses = await trainEpoch(backend, predictor, table, shuffled(table.examples, random), {
			signal,
			onBatch
		});
		const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
		if (!Number.isFinite(mean)) throw new UpscaleError(`epoch ${epoch + 1}: expected a finite loss, got ${mean}. Check the base model's weights, or choose another method.`);
		means.push(mean);
	}
	return means;
}
// src/upscale/lesa/matrix-model.ts
/** Computing time between two yields to the event loop: about one frame. */
var SLICE_MS = 16;
/** Multiply-adds of the SVD and of the training (forward, gradients of inputs and of weights). */
function fitWork(layers, rows, columns) {
	const rank = Math.min(rows, layers * columns);
	const examples = Math.max(0, layers - 2) * rank;
	return {
		svd: 9 * rows ** 3 + 1.5 * rows * rows * columns * layers,
		training: 3 * TRAINING.epochs * examples * predictionWork(columns)
	};
}
/**
* LESA's model of one kind of matrix: W_l = (U·S)·V_l for every layer, and a network that predicts V between two layers.
* Its tensors are on the backend until `free`.
*/
var MatrixModel = class MatrixModel {
	#backend;
	/** U·diag(s), `[rows, rank]`. */
	#basis;
	#table;
	#predictor;
	constructor(backend, basis, table, predictor) {
		this.#backend = backend;
		this.#basis = basis;
		this.#table = table;
		this.#predictor = predictor;
	}
	/**
	* Decomposes the matrices of all layers and trains the network. The same seed gives the same network on one backend.
	* @returns undefined if all matrices are zero.
	* @throws UpscaleError if the decomposition or the training fails; AbortError.
	*/
	static async fit(backend, { layers, rows, columns }, { seed, signal, onProgress }) {
		onProgress?.("SVD", 0);
		const svd = await thinSvd(layers, rows, columns, createYielder(SLICE_MS, signal));
		if (svd.rank === 0) return void 0;
		const work = fitWork(layers.length, rows, columns);
		const decomposed = work.svd / (work.svd + work.training);
		const random = randomSource(seed);
		const table = new SliceTable(backend, svd, columns);
		let predictor;
		try {
			predictor = new Predictor(backend, columns, initialParameters(columns, random));
			await train(backend, predictor, table, random, {
				signal,
				onProgress: ({ epoch, loss, fraction }) => {
					const last = loss === void 0 ? "" : `, loss ${loss.toPrecision(3)}`;
					onProgress?.(`epoch ${epoch} of ${TRAINING.epochs}${last}`, decomposed + (1 - decomposed) * fraction);
				}
			});
			predictor.endTraining();
			return new MatrixModel(backend, uploadBasis(backend, svd, rows), table, predictor);
		} catch (error) {
			predictor?.free();
			table.free();
			throw error;
		}
	}
	/** Predicts the matrix `[rows, columns]` between two layers. The caller frees it. */
	between(previous, next) {
		const scope = new Scope(this.#backend);
		try {
			const before = scope.own(this.#table.slice(previous));
			const after = scope.own(this.#table.slice(next));
			return this.#backend.matmul(this.#basis, scope.own(this.#predictor.predict(before, after)));
		} finally {
			scope.free();
		}
	}
	free() {
		this.#predictor.free();
		this.#table.free();
		this.#backend.free(this.#basis);
	}
};
function uploadBasis(backend, { u, s, rank }, rows) {
	const values = Float32Array.from(u, (entry, at) => entry * (s[at % rank] ?? 0));
	return backend.upload(values, [rows, rank], "f32", "scaled singular vectors");
}
// src/upscale/lesa/prepare.ts
/** Distance of the seeds of two kinds of matrix (2³² / golden ratio), so that neighbouring recipe seeds share no stream. */
var SEED_STEP = 2654435769;
/**
* Trains one network per kind of matrix. The result predicts the new blocks.
* @throws UpscaleError for a model that is too shallow or too wide; AbortError.
*/
async function prepare(context) {
	const sizes = (context.zeroInit ? PLANNED_TENSORS.filter((tensor) => !isOutputProjection(`${tensor}.weight`)) : PLANNED_TENSORS).map((tensor) => sizeOf(context, tensor));
	const { layers } = context.config;
	const total = sizes.reduce((sum, kind) => sum + workOf(layers, kind), 0);
	const own = context.backend.info.software ? await openCpu() : void 0;
	const backend = own ?? context.backend;
	const fitted = /* @__PURE__ */ new Map();
	const free = () => {
		for (const model of fitted.values()) model?.free();
		fitted.clear();
		own?.dispose();
	};
	try {
		let done = 0;
		for (const kind of sizes) {
			const { tensor } = kind;
			const work = workOf(layers, kind);
			const onProgress = (label, fraction) => context.onTensor?.(`${tensor}: ${label}`, (done + work * fraction) / total);
			const seed = context.seed + PLANNED_TENSORS.indexOf(tensor) * SEED_STEP >>> 0;
			fitted.set(tensor, await fit(context, backend, kind, seed, onProgress));
			done += work;
		}
		return {
			fill: (assembly, made) => fill(assembly, made, {
				backend,
				fitted
			}),
			free
		};
	} catch (error) {
		free();
		throw error;
	}
}
function workOf(layers, { rows, columns }) {
	const { svd, training } = fitWork(layers, rows, columns);
	return svd + training;
}
/** Checked before any weight is read. @throws UpscaleError if the model is too shallow or the matrix too large. */
function sizeOf({ config }, tensor) {
	if (config.layers < 3) throw new UpscaleError(`lesa: expected a model of at least 3 blocks, got ${config.layers}. Choose another method or a deeper model.`);
	const [rows = 0, columns = 0] = blockShapes(config).get(`${tensor}.weight`) ?? [];
	if (rows > 2048) throw new UpscaleError(`lesa, ${tensor}: expected at most ${MAX_ROWS} output neurons, got ${rows}: the singular value decomposition takes time with their cube. Choose another method or a smaller model.`);
	return {
		tensor,
		rows,
		columns
	};
}
async function fit(context, backend, { tensor, rows, columns }, seed, onProgress) {
	const { signal } = context;
	const matrices = {
		rows,
		columns,
		layers: await readLayers(context, `${tensor}.weight`)
	};
	try {
		return await MatrixModel.fit(backend, matrices, {
			seed,
			signal,
			onProgress
		});
	} catch (error) {
		if (!(error instanceof UpscaleError)) throw error;
		throw new UpscaleError(`lesa, ${tensor}: ${error.message}`, { cause: error });
	}
}
/** Reads one tensor of every base block, with one block leased at a time. */
async function readLayers({ backend, config, weights, signal }, key) {
	const layers = [];
	for (let layer = 0; layer < config.layers; layer++) {
		const lease = await leaseBlocks(weights, [layer], signal);
		try {
			for (const block of lease.blocks) layers.push(await backend.read(blockTensor(block, key)));
		} finally {
			lease.release();
		}
	}
	return layers;
}
async function fill(assembly, context, trained) {
	const first = await leaseBlocks(context.weights, [0], context.signal);
	try {
		await assembly.forEachTensor(async (key, { shape }) => {
			const tensor = PLANNED_TENSORS.find((name) => `${name}.weight` === key);
			if (tensor) await assembly.addComputed(key, await predicted(context, trained, tensor, shape));
			else for (const block of first.blocks) assembly.copyFrom(key, block, 0);
		});
	} finally {
		first.release();
	}
}
/** Predicts the new block's matrix, on the backend of the new block. */
async function predicted({ backend, previousIndex, nextIndex }, trained, tensor, shape) {
	const matrix = trained.fitted.get(tensor)?.between(previousIndex, nextIndex);
	if (!matrix) return backend.zeros(shape, "zero matrix");
	if (trained.backend === backend) return matrix;
	const values = await trained.backend.read(matrix);
	trained.backend.free(matrix);
	return backend.upload(values, shape, "f32", "predicted");
}
export { prepare };

//# sourceMappingURL=prepare-BTOi_BBj.mjs.map