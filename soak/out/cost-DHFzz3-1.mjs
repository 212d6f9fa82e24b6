import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { t as RAW_EUCLIDEAN } from "./cost-settings-DystTT9G.mjs";
import { n as ROW_MOMENT } from "./operations-Bd7Yv5Ui.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
// src/transport/bands.ts
/**
* Calls `visit` for all bands from the first row to the last, with the same rows of `other`, which has as many columns. A band
* may be overwritten once `visit` has queued its operations.
*/
async function visitBands(backend, matrix, other, visit, signal) {
	for (let rowStart = 0; rowStart < matrix.rows; rowStart += matrix.bandRows) {
		signal?.throwIfAborted();
		await visit(matrix.band(rowStart), other?.band(rowStart));
		if (!matrix.resident || other?.resident === false) await backend.settle();
	}
}
// src/transport/errors.ts
/** The input of a transport problem is not valid, or its solve failed. The message ends with one next step. */
var TransportError = class extends Error {
	name = "TransportError";
};
// src/transport/cost-statistics.ts
/**
* Computes the statistics in one pass over a cost. Sums of rows are computed on the device, their totals here in float64.
* @throws TransportError naming `what` if an entry is not finite.
*/
async function costStatistics(backend, what, columns, forEach) {
	let minimum = Infinity;
	let maximum = -Infinity;
	const means = [];
	let withinRows = 0;
	await forEach(async (band) => {
		const scope = new Scope(backend);
		try {
			const extent = scope.own(backend.extent(band.cost));
			const moments = scope.own(backend.rowMoments(band));
			const [range, rows] = await Promise.all([backend.read(extent), backend.read(moments)]);
			minimum = Math.min(minimum, range[0] ?? NaN);
			maximum = Math.max(maximum, range[1] ?? NaN);
			for (let row = 0; row < band.rows; row++) {
				means.push(rows[2 * row + ROW_MOMENT.mean] ?? NaN);
				withinRows += rows[2 * row + ROW_MOMENT.squares] ?? NaN;
			}
		} finally {
			scope.free();
		}
	});
	const equal = minimum === maximum;
	const mean = equal ? minimum : means.reduce((sum, value) => sum + value, 0) / means.length;
	const betweenRows = columns * means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	const standardDeviation = equal ? 0 : Math.sqrt((withinRows + betweenRows) / (means.length * columns));
	if (![
		minimum,
		maximum,
		mean,
		standardDeviation
	].every(Number.isFinite)) throw new TransportError(`${what}: expected finite distances, got an extent of ${minimum} … ${maximum} and a mean of ${mean}. Check the weights of both blocks for NaN, infinite or very large values.`);
	return {
		minimum,
		maximum,
		mean,
		standardDeviation
	};
}
// src/transport/median.ts
var HALF = 2 ** 16;
/**
* Returns the exact median of `count` float32 numbers ≥ 0 (mean of the middle two for an even count). `visit` is called twice
* and passes all numbers in pieces, in any order. Bit patterns of such numbers sort like the numbers, so a histogram of the
* upper 16 bits finds the bin of the median and one of the lower 16 bits the median in it. Needs 0.5 MiB for any count;
* sorting would need all numbers at once.
*/
async function median(count, visit) {
	const upper = new Uint32Array(HALF);
	await visit((values) => {
		for (const bits of bitsOf(values)) upper[bits >>> 16]++;
	});
	const middle = [Math.floor((count - 1) / 2), Math.floor(count / 2)].map((rank) => locate(upper, rank));
	const lower = new Map(middle.map(({ bin }) => [bin, new Uint32Array(HALF)]));
	await visit((values) => {
		for (const bits of bitsOf(values)) {
			const counts = lower.get(bits >>> 16);
			if (counts) counts[bits & 65535]++;
		}
	});
	const values = middle.map(({ bin, rank }) => {
		const low = locate(lower.get(bin) ?? /* @__PURE__ */ new Uint32Array(0), rank).bin;
		return new Float32Array(Uint32Array.of(bin * HALF + low).buffer)[0] ?? NaN;
	});
	return values.reduce((sum, value) => sum + value / values.length, 0);
}
var bitsOf = (values) => new Uint32Array(values.buffer, values.byteOffset, values.length);
/** Returns the bin of the number with this rank (from 0), and its rank within the bin. */
function locate(counts, rank) {
	let left = rank;
	for (const [bin, count] of counts.entries()) {
		if (left < count) return {
			bin,
			rank: left
		};
		left -= count;
	}
	return {
		bin: 0,
		rank: 0
	};
}
// src/transport/cost.ts
/** Default of `budgetBytes`. */
var COST_BUDGET_BYTES = {
	webgpu: 2 ** 30,
	cpu: 2 ** 28
};
/** Scratch band of a matrix that is recomputed. The CPU holds twice these bytes; larger bands are not faster there. */
var SCRATCH_BYTES = {
	webgpu: 2 ** 26,
	cpu: 2 ** 23
};
/**
* Costs M_ij of matching row i of `a` with row j of `b`, in bands of rows: either all bands are resident, or one scratch band
* is recomputed on every visit. If the settings ask for unit rows it makes its own copies; otherwise it reads `a` and `b`
* until it is freed. It never owns them.
*/
var CostMatrix = class CostMatrix {
	rows;
	columns;
	settings;
	/** True if all bands are kept on the device. */
	resident;
	bandRows;
	#backend;
	#options;
	#a;
	#b;
	/** Unit copies of the rows. */
	#copies = [];
	#bands = [];
	/** Factor of all distances. */
	#factor = 1;
	#statistics = {
		minimum: 0,
		maximum: 0,
		mean: 0,
		standardDeviation: 0
	};
	constructor(backend, a, b, settings, options) {
		const [rows, width] = matrix(a);
		const [columns, otherWidth] = matrix(b);
		if (width !== otherWidth) throw new TransportError(`cost matrix: expected rows of equal length, got ${width} in ${a.label} and ${otherWidth} in ${b.label}. Compare tensors of the same kind.`);
		this.#backend = backend;
		this.#a = a;
		this.#b = b;
		this.#options = options;
		this.rows = rows;
		this.columns = columns;
		this.settings = settings;
		const budget = options.budgetBytes ?? COST_BUDGET_BYTES[backend.info.kind];
		const rowBytes = 4 * columns;
		this.resident = rows * rowBytes <= budget;
		const most = options.bandBytes ?? (this.resident ? Infinity : SCRATCH_BYTES[backend.info.kind]);
		const largest = Math.min(most, backend.info.maxTensorBytes);
		this.bandRows = Math.max(1, Math.min(rows, Math.floor(largest / rowBytes)));
	}
	/**
	* Computes the matrix, its statistics and its scale.
	* @throws TransportError if row lengths differ, a distance is not finite, or the scale is 0.
	*/
	static async build(backend, a, b, options = {}) {
		const { cost: settings = RAW_EUCLIDEAN, signal, ...bands } = options;
		const cost = new CostMatrix(backend, a, b, settings, bands);
		return cost.#complete(async () => {
			if (settings.rows === "unit" || settings.metric === "cosine") {
				cost.#a = cost.#unit(a);
				cost.#b = a === b ? cost.#a : cost.#unit(b);
			}
			await cost.#allocate(signal);
			await cost.#measure(signal);
			await cost.#rescale(signal);
		});
	}
	get minimum() {
		return this.#statistics.minimum;
	}
	get maximum() {
		return this.#statistics.maximum;
	}
	get mean() {
		return this.#statistics.mean;
	}
	/** Population standard deviation of all entries. */
	get standardDeviation() {
		return this.#statistics.standardDeviation;
	}
	/** Bytes held on the device. */
	get bytes() {
		return [...this.#bands, ...this.#copies].reduce((sum, tensor) => sum + tensor.bytes, 0);
	}
	/** The compared rows (unit rows if the settings ask for them). Do not free them: the matrix or its caller owns them. */
	get points() {
		return {
			a: this.#a,
			b: this.#b
		};
	}
	/**
	* Calls `visit` for all bands from the first row to the last. A band's tensor may have more rows than the band, and may be
	* overwritten once `visit` has queued its operations.
	*/
	forEach(visit, signal) {
		return this.forEachWith(void 0, visit, signal);
	}
	/** Like `forEach`, with the same rows of a matrix made from this one by `withRows`, or from which this one was made. */
	async forEachWith(other, visit, signal) {
		await visitBands(this.#backend, this, other, visit, signal);
	}
	/** Returns all entries, row-major. For problems small enough for an exact solve on the CPU. */
	async readAll(signal) {
		const all = new Float32Array(this.rows * this.columns);
		await this.#readBands((values, at) => all.set(values, at), signal);
		return all;
	}
	/** Computes the costs of one row against all columns. */
	row(index) {
		return this.#line(this.#a, this.#b, index);
	}
	/** Computes the costs of one column against all rows. */
	column(index) {
		return this.#line(this.#b, this.#a, index);
	}
	/**
	* Returns the cost of other rows `a` `[n, k]` against the same columns, on the same scale. `a` corresponds to `points.a`: its
	* rows are made unit only for the cosine metric. `a` and this matrix must outlive the new one.
	*/
	async withRows(a, signal) {
		const cost = new CostMatrix(this.#backend, a, this.#b, this.settings, this.#options);
		cost.#factor = this.#factor;
		return cost.#complete(async () => {
			if (this.settings.metric === "cosine") cost.#a = cost.#unit(a);
			await cost.#allocate(signal);
			await cost.#measure(signal);
		});
	}
	/** Returns the transpose of M, recomputed on every visit, without statistics. This matrix must outlive it. */
	transposed() {
		const options = {
			...this.#options,
			budgetBytes: 0
		};
		const cost = new CostMatrix(this.#backend, this.#b, this.#a, this.settings, options);
		cost.#factor = this.#factor;
		cost.#bands.push(cost.#scratch());
		return cost;
	}
	/** May be called twice. */
	free() {
		this.#backend.free(...this.#bands, ...this.#copies);
		this.#bands = [];
		this.#copies = [];
	}
	async #complete(work) {
		try {
			await work();
			return this;
		} catch (error) {
			this.free();
			throw error;
		}
	}
	#unit(x) {
		const copy = this.#backend.unitRows(x);
		this.#copies.push(copy);
		return copy;
	}
	/** How entries are computed from `points`. */
	get distance() {
		return {
			metric: this.settings.metric,
			factor: this.#factor
		};
	}
	band(rowStart) {
		const rows = Math.min(this.bandRows, this.rows - rowStart);
		const cost = this.resident ? this.#bands[rowStart / this.bandRows] : this.#bands[0];
		if (!cost) throw new TransportError("cost matrix: it has been freed. Build it again.");
		if (!this.resident) this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows, cost, this.distance);
		return {
			cost,
			rowStart,
			rows
		};
	}
	#scratch() {
		const band = this.#backend.zeros([this.bandRows, this.columns], "cost band");
		return this.#backend.countAs("costs", band);
	}
	async #allocate(signal) {
		if (!this.resident) {
			this.#bands.push(this.#scratch());
			return;
		}
		for (let rowStart = 0; rowStart < this.rows; rowStart += this.bandRows) {
			signal?.throwIfAborted();
			const rows = Math.min(this.bandRows, this.rows - rowStart);
			const band = this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows, void 0, this.distance);
			this.#bands.push(this.#backend.countAs("costs", band));
			await this.#backend.settle();
		}
	}
	async #measure(signal) {
		const what = `cost matrix of ${this.#a.label} and ${this.#b.label}`;
		this.#statistics = await costStatistics(this.#backend, what, this.columns, (visit) => this.forEach(visit, signal));
	}
	/** Applies `settings.scale`. Recomputes resident bands, because a scaled copy would need twice the memory. */
	async #rescale(signal) {
		const { scale } = this.settings;
		const { minimum, maximum, mean, standardDeviation } = this.#statistics;
		if (scale === "none" || maximum === 0) return;
		const unit = scale === "max" ? maximum : scale === "mean" ? mean : await this.#median(signal);
		if (!(unit > 0 && Number.isFinite(1 / unit))) throw new TransportError(`cost matrix of ${this.#a.label} and ${this.#b.label}: expected a ${scale} above 0 to divide by, got ${unit}. Scale by the largest or the mean entry.`);
		this.#factor = 1 / unit;
		this.#statistics = {
			minimum: minimum / unit,
			maximum: maximum / unit,
			mean: mean / unit,
			standardDeviation: standardDeviation / unit
		};
		if (!this.resident) return;
		for (const [i, band] of this.#bands.entries()) {
			signal?.throwIfAborted();
			const rowStart = i * this.bandRows;
			const rows = Math.min(this.bandRows, this.rows - rowStart);
			this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows, band, this.distance);
			await this.#backend.settle();
		}
	}
	#median(signal) {
		return median(this.rows * this.columns, (piece) => this.#readBands(piece, signal));
	}
	#readBands(use, signal) {
		return this.forEach(async ({ cost, rowStart, rows }) => {
			use((await this.#backend.read(cost)).subarray(0, rows * this.columns), rowStart * this.columns);
		}, signal);
	}
	async #line(from, to, index) {
		const line = this.#backend.pairwiseDistance(from, to, index, 1, void 0, this.distance);
		try {
			return await this.#backend.read(line);
		} finally {
			this.#backend.free(line);
		}
	}
};
export { visitBands as i, CostMatrix as n, TransportError as r, COST_BUDGET_BYTES as t };

//# sourceMappingURL=cost-DHFzz3-1.mjs.map