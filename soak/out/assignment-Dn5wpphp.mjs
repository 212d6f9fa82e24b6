import { t as createYielder } from "./yielder-xjQqye8I.mjs";
import { r as TransportError } from "./cost-DHFzz3-1.mjs";
// src/transport/assignment.ts
/** Milliseconds of computing before yielding to the event loop. */
var SLICE_MS = 20;
/**
* Solves the linear assignment of n rows to n of m columns exactly, by the shortest augmenting path algorithm of Jonker and
* Volgenant (1987) in the rectangular form of Crouse (2016), in float64. `cost` is row-major `n × m`, n ≤ m. O(n²m) at worst.
* @throws TransportError if sizes do not fit or costs are not finite; AbortError once `signal` is aborted.
*/
async function assign(cost, n, m, options = {}) {
	options.signal?.throwIfAborted();
	check(cost, n, m);
	const solver = new AugmentingPaths(cost, n, m);
	solver.start();
	const pause = createYielder(SLICE_MS, options.signal);
	for (let row = 0; row < n; row++) {
		if (solver.columnOfRow[row] !== FREE) continue;
		solver.beginPath(row);
		while (!solver.extendPath()) {
			const rest = pause();
			if (!rest) continue;
			options.onProgress?.(row / n);
			await rest;
		}
	}
	const assignment = Uint32Array.from(solver.columnOfRow);
	let total = 0;
	for (const [row, column] of assignment.entries()) total += cost[row * m + column] ?? NaN;
	return {
		assignment,
		cost: total / n
	};
}
function check(cost, n, m) {
	if (!(Number.isSafeInteger(n) && Number.isSafeInteger(m) && n >= 1 && n <= m && cost.length === n * m)) throw new TransportError(`assignment: expected ${n} × ${m} costs with 1 ≤ rows ≤ columns, got ${cost.length} values. Transpose the matrix when it has more rows than columns.`);
	const bad = cost.findIndex((value) => !Number.isFinite(value));
	if (bad >= 0) throw new TransportError(`assignment: expected finite costs, got ${cost[bad]} at row ${Math.floor(bad / m)}, column ${bad % m}. Check the weights of both blocks.`);
}
var FREE = -1;
/** The state of the algorithm. Duals u, v keep every reduced cost M_ij − u_i − v_j ≥ 0, and = 0 on assigned pairs. */
var AugmentingPaths = class {
	columnOfRow;
	#rowOfColumn;
	#u;
	#v;
	#cost;
	#columns;
	/** For each column, length of the shortest alternating path to it and the row before it on that path. */
	#distance;
	#before;
	/** The first `#openCount` entries are the columns whose shortest path is not final yet. */
	#open;
	#openCount = 0;
	/** Columns whose shortest path is final, in the order they were reached. */
	#settled;
	#settledCount = 0;
	#source = 0;
	#row = 0;
	#length = 0;
	constructor(cost, n, m) {
		this.#cost = cost;
		this.#columns = m;
		this.columnOfRow = new Int32Array(n).fill(FREE);
		this.#rowOfColumn = new Int32Array(m).fill(FREE);
		this.#u = new Float64Array(n);
		this.#v = new Float64Array(m);
		this.#distance = new Float64Array(m);
		this.#before = new Int32Array(m);
		this.#open = new Int32Array(m);
		this.#settled = new Int32Array(m);
	}
	/** Sets u_i to the lowest cost of row i and assigns its cheapest column if that is free. Saves most of the path searches. */
	start() {
		const m = this.#columns;
		for (let row = 0; row < this.columnOfRow.length; row++) {
			let best = 0;
			let least = Infinity;
			for (let column = 0; column < m; column++) {
				const value = this.#cost[row * m + column];
				if (value < least) {
					least = value;
					best = column;
				}
			}
			this.#u[row] = least;
			if (this.#rowOfColumn[best] === FREE) this.#match(row, best);
		}
	}
	beginPath(row) {
		this.#source = row;
		this.#row = row;
		this.#length = 0;
		this.#settledCount = 0;
		this.#openCount = this.#columns;
		this.#distance.fill(Infinity);
		for (let column = 0; column < this.#columns; column++) this.#open[column] = column;
	}
	/** One step of Dijkstra's search from the source row. Returns true once it has reached a free column and applied the path. */
	extendPath() {
		const cost = this.#cost;
		const v = this.#v;
		const distance = this.#distance;
		const open = this.#open;
		const row = this.#row;
		const start = row * this.#columns;
		const base = this.#length - this.#u[row];
		let nearest = -1;
		let least = Infinity;
		for (let i = 0; i < this.#openCount; i++) {
			const column = open[i];
			const through = base + cost[start + column] - v[column];
			let known = distance[column];
			if (through < known) {
				known = through;
				distance[column] = through;
				this.#before[column] = row;
			}
			if (known < least || known === least && this.#rowOfColumn[column] === FREE) {
				least = known;
				nearest = i;
			}
		}
		const column = open[nearest];
		this.#length = least;
		const next = this.#rowOfColumn[column];
		if (next === FREE) {
			this.#updateDuals();
			this.#augment(column);
			return true;
		}
		this.#openCount--;
		open[nearest] = open[this.#openCount];
		this.#settled[this.#settledCount++] = column;
		this.#row = next;
		return false;
	}
	#updateDuals() {
		this.#u[this.#source] = this.#u[this.#source] + this.#length;
		for (let i = 0; i < this.#settledCount; i++) {
			const column = this.#settled[i];
			const row = this.#rowOfColumn[column];
			const slack = this.#length - this.#distance[column];
			this.#u[row] = this.#u[row] + slack;
			this.#v[column] = this.#v[column] - slack;
		}
	}
	#augment(end) {
		let column = end;
		for (;;) {
			const row = this.#before[column];
			const previous = this.columnOfRow[row];
			this.#match(row, column);
			if (row === this.#source) return;
			column = previous;
		}
	}
	#match(row, column) {
		this.columnOfRow[row] = column;
		this.#rowOfColumn[column] = row;
	}
};
export { assign as t };

//# sourceMappingURL=assignment-Dn5wpphp.mjs.map