import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { n as CostMatrix, r as TransportError } from "./cost-DHFzz3-1.mjs";
import { t as PLAN_ROW } from "./operations-Bd7Yv5Ui.mjs";
import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as normals } from "./random-DD05fZZx.mjs";
// src/transport/plan.ts
var planColumns = (plan) => plan.kind === "permutation" ? plan.columns : plan.cost.columns;
/**
* Applies a plan to `x`. Axis 0: scale·Tᵀ·X, `x` `[n, c]` to `[m, c]`. Axis 1: scale·X·T, `x` `[c, n]` or `[n]` to `[c, m]` or
* `[m]`. Scale 1 applies T itself, also for a permutation, whose entries are 1/n. The caller owns the result (f32).
*/
async function applyPlan(backend, plan, x, axis, scale, signal) {
	const columns = planColumns(plan);
	const shape = x.shape.length === 1 ? [columns] : axis === 0 ? [columns, matrix(x)[1]] : [matrix(x)[0], columns];
	if (plan.kind === "permutation") return permute(backend, plan, x, axis, scale);
	const scope = new Scope(backend);
	try {
		const normalised = plan.kind === "unbalanced" && scale === "rescaled";
		const potentials = normalised ? await withUnitColumns(backend, plan, scope, signal) : plan.potentials;
		const factor = normalised ? 1 : scale === "rescaled" ? plan.cost.rows : scale;
		const into = scope.own(backend.zeros(shape, `${x.label} transported`));
		await plan.cost.forEach(async (band) => {
			backend.applyPlan(band, potentials, x, axis, factor, into);
			await backend.settle();
		}, signal);
		return scope.release(into);
	} finally {
		scope.free();
	}
}
/** Returns potentials of the plan with column sums 1: an undamped column update to marginal 1, whose logarithm is 0. */
async function withUnitColumns(backend, { cost, potentials }, scope, signal) {
	const state = scope.own(backend.zeros([2, cost.columns], "column sums"));
	const g = scope.own(backend.zeros([cost.columns], "column potentials"));
	await cost.forEach((band) => backend.columnLogSum(band, potentials, state), signal);
	const updated = {
		...potentials,
		g
	};
	scope.own(backend.columnPotential(state, updated, { logMarginal: 0 }, true));
	return updated;
}
function permute(backend, { assignment, columns }, x, axis, scale) {
	const scope = new Scope(backend);
	try {
		const rows = assignment.length;
		const inverse = new Uint32Array(columns).fill(rows);
		for (const [row, column] of assignment.entries()) inverse[column] = row;
		const index = scope.own(backend.upload(inverse, [columns], "u32", "inverse permutation"));
		const moved = scope.own(backend.gather(x, index, { axis: x.shape.length === 1 ? 0 : axis }));
		return scale === rows || scale === "rescaled" ? scope.release(moved) : backend.weightedSum(moved, scale / rows);
	} finally {
		scope.free();
	}
}
/**
* Measures a plan in one pass over its cost.
* @throws TransportError if a measure is not finite.
*/
async function planMeasures(backend, plan, signal) {
	if (plan.kind === "permutation") return permutationMeasures(plan);
	const { cost, potentials, ground } = plan;
	const rowMass = new Float32Array(cost.rows);
	const argmax = new Uint32Array(cost.rows);
	let entropy = 0;
	let transportCost = 0;
	let totalMass = 0;
	let rowMarginalError = 0;
	const scope = new Scope(backend);
	try {
		const state = scope.own(backend.zeros([2, cost.columns], "column sums"));
		await cost.forEachWith(ground, async (band, priced) => {
			backend.columnLogSum(band, potentials, state);
			const measured = scope.own(backend.planRows(band, potentials, priced?.cost));
			const values = await backend.read(measured);
			scope.free(measured);
			for (let row = 0; row < band.rows; row++) {
				const at = row * 5;
				const mass = values[at + PLAN_ROW.mass] ?? NaN;
				rowMass[band.rowStart + row] = mass;
				totalMass += mass;
				rowMarginalError += Math.abs(mass - 1 / cost.rows);
				entropy += mass * (values[at + PLAN_ROW.entropy] ?? NaN);
				transportCost += values[at + PLAN_ROW.cost] ?? NaN;
				argmax[band.rowStart + row] = values[at + PLAN_ROW.argmax] ?? 0;
			}
		}, signal);
		const error = scope.own(backend.columnPotential(state, potentials, { logMarginal: -Math.log(cost.columns) }, false));
		const [marginalError = NaN] = await backend.read(error);
		const planPerplexity = Math.exp(entropy / totalMass);
		if (![
			planPerplexity,
			transportCost,
			marginalError
		].every(Number.isFinite)) throw new TransportError(`plan: expected finite measures, got perplexity ${planPerplexity}, cost ${transportCost} and marginal error ${marginalError} at ε = ${potentials.epsilon}. Choose a larger ε.`);
		return {
			planPerplexity,
			transportCost,
			marginalError,
			rowMarginalError,
			totalMass,
			argmax,
			rowMass
		};
	} finally {
		scope.free();
	}
}
function permutationMeasures(plan) {
	const { assignment, columns, transportCost } = plan;
	const rows = assignment.length;
	return {
		planPerplexity: 1,
		transportCost,
		marginalError: rows * Math.abs(1 / rows - 1 / columns) + (columns - rows) / columns,
		rowMarginalError: 0,
		totalMass: 1,
		argmax: assignment.slice(),
		rowMass: new Float32Array(rows).fill(1 / rows)
	};
}
// src/transport/epsilon.ts
/** Returns the ε of a rule. @throws TransportError if the factor is not above 0, or all costs are equal. */
function epsilonOf(cost, epsilon, rule) {
	if (rule.kind === "absolute") return epsilon;
	if (!(rule.factor > 0 && Number.isFinite(rule.factor))) throw new TransportError(`ε from the spread: expected a finite factor above 0, got ${rule.factor}. Try 0.05.`);
	return rule.factor * spreadOf(cost);
}
/** Returns std(M). @throws TransportError if it is 0. */
function spreadOf({ standardDeviation, maximum }) {
	if (standardDeviation > 0) return standardDeviation;
	throw new TransportError(`ε from the spread: expected costs that differ, got ${maximum} everywhere. Give ε itself: any of them does.`);
}
// src/transport/batch.ts
/** Most cost entries visited without waiting for the device: a fraction of a second of work. */
var CELLS = {
	gpu: 2 ** 30,
	cpu: 2 ** 25
};
var ITERATIONS = 100;
/**
* Returns how many Sinkhorn iterations to enqueue before waiting for the device. Waiting for a GPU takes longer than an iteration of
* a small problem; but a solve must stop soon after it is asked to.
*/
function iterationsPerBatch({ kind, software }, cells) {
	const most = CELLS[kind === "webgpu" && !software ? "gpu" : "cpu"];
	return Math.max(1, Math.min(ITERATIONS, Math.floor(most / cells)));
}
// src/transport/iterative-solver.ts
/** A solver that can be observed and stopped between half-steps. It does not own the cost it is given. */
var IterativeSolver = class {
	/** The current ε. */
	get epsilon() {
		return this.potentials.epsilon;
	}
	/** See `SolveFrame`; NaN before the first measurement. */
	get marginalError() {
		return this.frame.marginalError;
	}
	/** Number of full iterations done. */
	get iterations() {
		return Math.floor(this.halfSteps / 2);
	}
	/**
	* Iterates from the current state until the tolerance or the cap is reached: half-step by half-step with an observer, else by
	* `advance`.
	* @throws AbortError between half-steps once `signal` is aborted; TransportError as `halfStep`.
	*/
	async run({ signal, onHalfStep } = {}) {
		signal?.throwIfAborted();
		if (onHalfStep && this.halfSteps === 0) {
			await this.measure();
			await onHalfStep(this.frame);
		}
		while (!this.done) {
			signal?.throwIfAborted();
			if (!onHalfStep) {
				await this.advance(signal);
				continue;
			}
			await this.halfStep(true, signal);
			await onHalfStep(this.frame);
		}
	}
};
// src/transport/mixing-history.ts
/** Owns the history of Anderson mixing of one solve. */
var MixingHistory = class {
	#backend;
	#shape;
	#tensor;
	constructor(backend, columns) {
		this.#backend = backend;
		this.#shape = [13, Math.max(4, columns)];
	}
	/** The history; zero, which is fresh, when it is first used and after `clear`. */
	get tensor() {
		return this.#tensor ??= this.#backend.countAs("plans", this.#backend.zeros(this.#shape, "history of potentials"));
	}
	/** Forgets and frees what was kept, as another ε is another fixed point. */
	clear() {
		if (this.#tensor) this.#backend.free(this.#tensor);
		this.#tensor = void 0;
	}
};
// src/transport/relaxation.ts
/** The parts of unbalanced Sinkhorn that the balanced one lacks: damping, translation, and the change of f as stop criterion. */
var Relaxation = class {
	#backend;
	#rho;
	#scope;
	#before;
	#rowOnes;
	#columnOnes;
	constructor(backend, rho, rows, columns) {
		this.#backend = backend;
		this.#rho = rho;
		this.#scope = new Scope(backend, "plans");
		const ones = (size) => this.#scope.own(backend.upload(new Float32Array(size).fill(1), [size], "f32", "ones"));
		this.#before = this.#scope.own(backend.zeros([rows], "row potentials before"));
		this.#rowOnes = ones(rows);
		this.#columnOnes = ones(columns);
	}
	/** Returns the factor of both updates, ρ/(ρ+ε) (method.md 9.6). */
	damping(epsilon) {
		return this.#rho / (this.#rho + epsilon);
	}
	/** Copies f, for `change` to compare with. */
	saveRowPotentials({ f }) {
		this.#backend.copyRows(f, this.#before, 0);
	}
	/** Returns max |f − saved f| in units of ε: the relative change of the plan's rows. */
	async change({ f, epsilon }) {
		const difference = this.#backend.maxAbsDifference(f, this.#before);
		try {
			const [value = NaN] = await this.#backend.read(difference);
			return value / epsilon;
		} finally {
			this.#backend.free(difference);
		}
	}
	/**
	* Adds λ to f and subtracts it from g. This does not change the plan and maximises the dual over λ:
	* λ = ρ/2 · log(Σ a·e^(−f/ρ) / Σ b·e^(−g/ρ)) (Séjourné, Vialard & Peyré 2022). Without it, updates reduce this error only by
	* the factor ρ²/(ρ+ε)² per iteration, which is very slow for large ρ.
	*/
	async translate({ f, g }) {
		const [rows, columns] = await Promise.all([this.#backend.read(f), this.#backend.read(g)]);
		const lambda = this.#rho / 2 * (logMean(rows, -1 / this.#rho) - logMean(columns, -1 / this.#rho));
		this.#add(f, this.#rowOnes, lambda);
		this.#add(g, this.#columnOnes, -lambda);
	}
	free() {
		this.#scope.free();
	}
	#add(x, ones, value) {
		if (!Number.isFinite(value)) return;
		const sum = this.#backend.weightedSum(x, 1, ones, value);
		this.#backend.copyRows(sum, x, 0);
		this.#backend.free(sum);
	}
};
/** Returns log of the mean of e^(scale·x). */
function logMean(values, scale) {
	const most = values.reduce((largest, value) => Math.max(largest, scale * value), -Infinity);
	return most + Math.log(values.reduce((sum, value) => sum + Math.exp(scale * value - most), 0) / values.length);
}
// src/transport/sinkhorn-options.ts
/** @throws TransportError if ε, tolerance, iteration limit or ρ is out of range. */
function checkOptions({ epsilon, tolerance, maxIterations }, { rho }) {
	if (!(epsilon > 0 && Number.isFinite(epsilon))) throw new TransportError(`Sinkhorn: expected a finite ε above 0, got ${epsilon}. Try 0.06, or an exact permutation.`);
	if (!(tolerance > 0 && Number.isFinite(tolerance))) throw new TransportError(`Sinkhorn: expected a tolerance above 0, got ${tolerance}. Try 1e-5.`);
	if (!(Number.isSafeInteger(maxIterations) && maxIterations >= 1)) throw new TransportError(`Sinkhorn: expected at least 1 iteration, got ${maxIterations}. Try 2000.`);
	if (rho !== void 0 && !(rho > 0 && Number.isFinite(rho))) throw new TransportError(`Sinkhorn: expected a finite ρ above 0, got ${rho}. Try 1, or balanced transport.`);
}
// src/transport/epsilon-scaling.ts
/** If (max(M) − min(M))/ε is above this, the solve starts at a larger ε (method.md 9.3). */
var SCALING_THRESHOLD = 80;
/**
* Returns ε of every stage of ε-scaling: halved from `from` (default: the largest cost), the requested ε last. There is only one
* stage if the range of the cost is not large compared with ε. `cap` limits the iterations of each earlier stage so that at
* least half of `maxIterations` is left for the last; if that allows no iteration, earlier stages are omitted.
*/
function epsilonStages(cost, epsilon, maxIterations, stageIterations, from = cost.maximum) {
	const stages = [epsilon];
	if ((cost.maximum - cost.minimum) / epsilon <= SCALING_THRESHOLD) return {
		stages,
		cap: 0
	};
	const larger = [];
	for (let current = from; current > epsilon; current /= 2) larger.push(current);
	const cap = Math.min(stageIterations, Math.floor(maxIterations / 2 / larger.length));
	return cap < 1 ? {
		stages,
		cap: 0
	} : {
		stages: [...larger, epsilon],
		cap
	};
}
// src/transport/sinkhorn.ts
/** Each stage of ε-scaling except the last ends at this error, or after this many iterations. */
var STAGE_TOLERANCE = .01;
var STAGE_ITERATIONS = 50;
/** The constant of unbalanced potentials is moved after each of the first iterations and then every tenth. */
var FIRST_CHECKS = 3;
var CHECK_EVERY = 10;
/**
* Cost entries visited between two waits for the backend: some milliseconds of work. On a GPU, a wait takes longer than a
* half-step of a small problem.
*/
var SETTLE_CELLS = {
	webgpu: 2 ** 24,
	cpu: 2 ** 20
};
/**
* Solves entropic transport with uniform marginals, min ⟨T, M⟩ + ε Σ T (log T − 1), by Sinkhorn's updates in the log domain
* (method.md 9.2), one half-step at a time: columns (g), then rows (f). After each full iteration the rows of
* T_ij = exp((f_i + g_j − M_ij)/ε) sum to 1/n exactly. If the range of the cost is large compared with ε, the solve goes
* through a sequence of decreasing ε (9.3).
*
* With ρ the solve is unbalanced, min … + ρ·KL(T1|a) + ρ·KL(Tᵀ1|b): both updates are damped by ρ/(ρ+ε) (9.6), and the best
* constant is moved between f and g whenever the error is read. Marginal errors do not go to 0; the solve ends when f no
* longer changes.
*/
var Sinkhorn = class extends IterativeSolver {
	cost;
	f;
	g;
	#backend;
	#options;
	#stages;
	#stageCap;
	#columnState;
	/** Unbalanced only. */
	#relaxation;
	#history;
	/** True if `#columnState` holds the sums of the current f and ε. */
	#columnSumsKnown = false;
	#stage = 0;
	#stageIterations = 0;
	#halfSteps = 0;
	#unsettledCells = 0;
	#marginalError = NaN;
	#change = NaN;
	#measured = false;
	#converged = false;
	/** @throws TransportError if ε, tolerance, iteration limit or ρ is out of range. */
	constructor(backend, cost, options, variant = {}) {
		super();
		checkOptions(options, variant);
		this.#backend = backend;
		this.cost = cost;
		this.#options = options;
		const { stages, cap } = variant.start && variant.startEpsilon === void 0 ? {
			stages: [options.epsilon],
			cap: 0
		} : epsilonStages(cost, options.epsilon, options.maxIterations, STAGE_ITERATIONS, variant.startEpsilon);
		this.#stages = stages;
		this.#stageCap = cap;
		const { f, g } = variant.start ?? startingPotentials(cost, options.seed ?? 0);
		const keep = (tensor) => backend.countAs("plans", tensor);
		this.f = keep(backend.upload(f, [cost.rows], "f32", "row potentials"));
		this.g = keep(backend.upload(g, [cost.columns], "f32", "column potentials"));
		this.#columnState = keep(backend.zeros([2, cost.columns], "column sums"));
		this.#history = new MixingHistory(backend, cost.columns);
		this.#relaxation = variant.rho === void 0 ? void 0 : new Relaxation(backend, variant.rho, cost.rows, cost.columns);
	}
	/** The current ε; larger than the requested one during ε-scaling. */
	get epsilon() {
		return this.#stages[this.#stage] ?? this.#options.epsilon;
	}
	get potentials() {
		return {
			f: this.f,
			g: this.g,
			epsilon: this.epsilon
		};
	}
	get plan() {
		return {
			kind: this.#relaxation ? "unbalanced" : "entropic",
			cost: this.cost,
			potentials: this.potentials
		};
	}
	get halfSteps() {
		return this.#halfSteps;
	}
	/** True if the tolerance was reached at the requested ε. */
	get converged() {
		return this.#converged;
	}
	get done() {
		return this.#converged || this.iterations >= this.#options.maxIterations;
	}
	get frame() {
		return {
			halfStep: this.#halfSteps,
			marginalError: this.#marginalError,
			change: this.#change,
			epsilon: this.epsilon,
			stage: {
				name: "scaling",
				index: this.#stage,
				count: this.#stages.length
			}
		};
	}
	/** Reading the error needs no extra pass, because it uses the column sums of the next half-step. */
	async halfStep(check = true, signal) {
		signal?.throwIfAborted();
		if (this.#halfSteps % 2 === 0) {
			await this.#sumColumns(signal);
			this.#backend.free(this.#columnPotential(true));
			this.#halfSteps++;
		} else {
			if (check) this.#relaxation?.saveRowPotentials(this.potentials);
			this.#columnSumsKnown = false;
			const potentials = this.potentials;
			await this.cost.forEach((band) => this.#backend.rowPotential(band, potentials, this.#rowStep, this.#columnState), signal);
			this.#columnSumsKnown = true;
			this.#measured = false;
			this.#halfSteps++;
			this.#stageIterations++;
			if (check) {
				if (this.#relaxation) {
					await this.#relaxation.translate(potentials);
					this.#columnSumsKnown = false;
				}
				await this.measure();
				await this.#measureChange();
			}
			this.#advance();
		}
		this.#unsettledCells += this.cost.rows * this.cost.columns;
		if (this.#unsettledCells < SETTLE_CELLS[this.#backend.info.kind]) return;
		this.#unsettledCells = 0;
		await this.#backend.settle();
	}
	async advance(signal) {
		signal?.throwIfAborted();
		const { resident, bandRows, rows } = this.cost;
		if (!resident || bandRows < rows || this.#relaxation || this.#halfSteps % 2 === 1) {
			await this.halfStep(!this.#relaxation || this.#checkIsDue, signal);
			return;
		}
		await this.#sumColumns(signal);
		const scaling = this.#stage < this.#stages.length - 1;
		const errors = this.#backend.sinkhorn(this.cost.band(0), this.potentials, this.#columnState, {
			rows: this.#rowStep,
			columns: this.#columnStep,
			count: Math.min(iterationsPerBatch(this.#backend.info, this.cost.rows * this.cost.columns), this.#options.maxIterations - this.iterations, scaling ? this.#stageCap - this.#stageIterations : Infinity),
			tolerance: scaling ? STAGE_TOLERANCE : this.#options.tolerance,
			...this.#options.acceleration === "anderson" ? { history: this.#history.tensor } : {}
		});
		try {
			const values = await this.#backend.read(errors);
			const done = values.filter((error) => error !== -1).length - 1;
			this.#halfSteps += 2 * done;
			this.#stageIterations += done;
			this.#marginalError = values[done] ?? NaN;
		} finally {
			this.#backend.free(errors);
		}
		this.#expectFinite("a marginal error", this.#marginalError);
		this.#measured = true;
		this.#advance();
	}
	async measure() {
		await this.#sumColumns();
		const error = this.#columnPotential(false);
		try {
			const [value = NaN] = await this.#backend.read(error);
			this.#marginalError = value;
		} finally {
			this.#backend.free(error);
		}
		if (this.#halfSteps > 0) this.#expectFinite("a marginal error", this.#marginalError);
		this.#measured = true;
		return this.#marginalError;
	}
	async snapshot() {
		const [f, g] = await Promise.all([this.#backend.read(this.f), this.#backend.read(this.g)]);
		return {
			f,
			g,
			epsilon: this.epsilon
		};
	}
	free() {
		this.#backend.free(this.f, this.g, this.#columnState);
		this.#history.clear();
		this.#relaxation?.free();
	}
	get #checkIsDue() {
		const next = this.#stageIterations + 1;
		return this.iterations + 1 >= this.#options.maxIterations || next <= FIRST_CHECKS || next % CHECK_EVERY === 0;
	}
	get #rowStep() {
		return this.#step(this.cost.rows);
	}
	get #columnStep() {
		return this.#step(this.cost.columns);
	}
	#step(size) {
		return {
			logMarginal: -Math.log(size),
			damping: this.#relaxation?.damping(this.epsilon) ?? 1
		};
	}
	async #sumColumns(signal) {
		if (this.#columnSumsKnown) return;
		const potentials = this.potentials;
		await this.cost.forEach((band) => this.#backend.columnLogSum(band, potentials, this.#columnState), signal);
		this.#columnSumsKnown = true;
	}
	#columnPotential(update) {
		return this.#backend.columnPotential(this.#columnState, this.potentials, this.#columnStep, update);
	}
	async #measureChange() {
		if (!this.#relaxation) return;
		this.#change = await this.#relaxation.change(this.potentials);
		this.#expectFinite("a change of f", this.#change);
	}
	#expectFinite(what, value) {
		if (Number.isFinite(value)) return;
		throw new TransportError(`Sinkhorn: expected a finite plan, got ${what} of ${value} after ${this.iterations} iterations at ε = ${this.epsilon.toPrecision(3)} with costs up to ${this.cost.maximum.toPrecision(3)}. Choose a larger ε.`);
	}
	/** After a full iteration, moves on to the next ε or checks for convergence. */
	#advance() {
		const error = this.#relaxation ? this.#change : this.#marginalError;
		if (this.#stage < this.#stages.length - 1) {
			if (!(this.#measured && error <= STAGE_TOLERANCE) && this.#stageIterations < this.#stageCap) return;
			this.#stage++;
			this.#stageIterations = 0;
			this.#history.clear();
			this.#columnSumsKnown = false;
		} else if (this.#measured) this.#converged = error <= this.#options.tolerance;
	}
};
function startingPotentials({ rows, columns, minimum, maximum }, seed) {
	const scale = (maximum - minimum) / 4;
	const scaled = (seed === 0 ? new Float32Array(rows + columns) : normals(rows + columns, seed)).map((value) => value * scale);
	return {
		f: scaled.slice(0, rows),
		g: scaled.slice(rows)
	};
}
// src/transport/staged-solver.ts
/** A sequence of Sinkhorn solves, each set up from the result of the one before. Half-steps are counted over all of them. */
var StagedSolver = class extends IterativeSolver {
	#inner;
	#next;
	#stage = 0;
	/** Number of half-steps of earlier solves. */
	#before = 0;
	constructor(first) {
		super();
		this.#inner = first;
	}
	get inner() {
		return this.#inner;
	}
	get cost() {
		return this.#inner.cost;
	}
	get potentials() {
		return this.#inner.potentials;
	}
	get plan() {
		return this.#inner.plan;
	}
	get halfSteps() {
		return this.#before + this.#inner.halfSteps;
	}
	get done() {
		return this.#inner.done && this.#next === void 0;
	}
	get frame() {
		return {
			...this.#inner.frame,
			halfStep: this.halfSteps,
			stage: this.stageOf(this.#stage)
		};
	}
	halfStep(check = true, signal) {
		return this.#inSolve(() => this.#inner.halfStep(check, signal), signal);
	}
	advance(signal) {
		return this.#inSolve(() => this.#inner.advance(signal), signal);
	}
	/** Creates the next solve if it is due, and asks for the one after it if `work` ends this one. */
	async #inSolve(work, signal) {
		if (this.#next) {
			const before = this.halfSteps;
			this.#inner = await this.#next(signal);
			this.#next = void 0;
			this.#before = before;
			this.#stage++;
		}
		await work();
		if (this.#inner.done) this.#next = await this.nextSolve(this.#inner, this.#stage);
	}
	measure() {
		return this.#inner.measure();
	}
	snapshot() {
		return this.#inner.snapshot();
	}
	free() {
		this.#inner.free();
	}
};
var MAX_SOLVES = 40;
/** Marginal error of trials; enough to know their perplexity. */
var TRIAL_TOLERANCE = .001;
var TRIAL_ITERATIONS = 300;
var FIRST_SPREAD = .05;
var BRACKET_STEP = 4;
/** Limits of ε in units of max(M) − min(M). Below, plans are as sharp as f32 can resolve; above, they are uniform. */
var MIN_EPSILON = 5e-4;
var MAX_EPSILON = 1e3;
/**
* Solves entropic transport at the ε whose plan has a given perplexity. Perplexity grows with ε, so the search starts at
* 0.05·std(M), brackets ε by a constant factor, then bisects log ε; each trial starts at the potentials of the one before. The
* last solve uses the requested tolerance.
*/
var PerplexitySearch = class extends StagedSolver {
	#backend;
	#options;
	#target;
	#limits;
	/** log ε below and above the target perplexity, once known. */
	#low;
	#high;
	#logEpsilon;
	#solves = 0;
	#reached = NaN;
	#final = false;
	/**
	* @param share target perplexity divided by the number of columns, above 0 and up to 1.
	* @throws TransportError if the share or an option is out of range, or all costs are equal.
	*/
	constructor(backend, cost, options, share) {
		if (!(share > 0 && share <= 1)) throw new TransportError(`ε from the perplexity: expected a share above 0 and up to 1, got ${share}. Try 0.1.`);
		const epsilon = FIRST_SPREAD * spreadOf(cost);
		super(new Sinkhorn(backend, cost, {
			...options,
			...trial(options),
			epsilon
		}));
		this.#backend = backend;
		this.#options = options;
		this.#target = Math.max(1, share * cost.columns);
		const range = cost.maximum - cost.minimum;
		this.#limits = [Math.log(MIN_EPSILON * range), Math.log(MAX_EPSILON * range)];
		this.#logEpsilon = Math.log(epsilon);
	}
	get converged() {
		return this.done && this.inner.converged;
	}
	/** `reached` is NaN before the first trial has ended. */
	get report() {
		const off = Math.abs(Math.log(this.#reached / this.#target));
		return {
			target: this.#target,
			reached: this.#reached,
			epsilon: this.epsilon,
			solves: this.#solves,
			converged: this.converged && off <= .005
		};
	}
	stageOf(index) {
		return {
			name: "trial",
			index,
			count: MAX_SOLVES
		};
	}
	async nextSolve(ended) {
		this.#solves++;
		this.#reached = (await planMeasures(this.#backend, ended.plan)).planPerplexity;
		if (this.#final) return void 0;
		this.#final = !this.#narrow();
		const options = this.#final ? this.#options : {
			...this.#options,
			...trial(this.#options)
		};
		return async () => {
			const start = await ended.snapshot();
			const epsilon = Math.exp(this.#logEpsilon);
			const next = new Sinkhorn(this.#backend, ended.cost, {
				...options,
				epsilon
			}, { start });
			ended.free();
			return next;
		};
	}
	/** Chooses the next ε. Returns false if the search ends with the last one. */
	#narrow() {
		const off = Math.log(this.#reached / this.#target);
		if (Math.abs(off) <= .005 / 2 || this.#solves >= 39) return false;
		const tried = this.#logEpsilon;
		if (off < 0) this.#low = tried;
		else this.#high = tried;
		const [least, most] = this.#limits;
		const step = Math.log(BRACKET_STEP);
		let next;
		if (this.#low === void 0) next = Math.max(least, tried - step);
		else if (this.#high === void 0) next = Math.min(most, tried + step);
		else next = (this.#low + this.#high) / 2;
		this.#logEpsilon = next;
		return next !== tried;
	}
};
var trial = ({ tolerance, maxIterations }) => ({
	tolerance: Math.max(tolerance, TRIAL_TOLERANCE),
	maxIterations: Math.min(maxIterations, TRIAL_ITERATIONS)
});
// src/transport/progot.ts
var MAX_STEPS = 1e3;
/**
* Progressive entropic transport (Kassraie et al. 2024; ott-jax's plan solver, method.md 6.10). Step k solves entropic
* transport from points x_k to y at ε_k, with x_1 = x. The next points are part of the way from x to where its plan sends them,
*
*   x_{k+1} = (1 − α_k)·x + α_k·t_k(x_k),   t_k(x_k)_i = n Σ_j T_ij y_j,
*
* always starting at the given x, as ott-jax does for the plan (but not for its map). The result is the plan of the last step:
* formed from the cost of x_K to y, with `transportCost` by the cost of x to y. Step costs keep metric and scale of the given
* cost; with the cosine metric, points are made unit again at every step. ε_k is defined in `progotEpsilons`.
*/
var ProgOt = class extends StagedSolver {
	#backend;
	#ground;
	#options;
	#alphas;
	#epsilons;
	#points;
	#stepCost;
	#allConverged = true;
	/** @throws TransportError if an option is out of range. */
	constructor(backend, cost, options) {
		const { steps, schedule, spread = .05, epsilon } = options;
		if (!(Number.isSafeInteger(steps) && steps >= 1 && steps <= MAX_STEPS)) throw new TransportError(`ProgOT: expected 1 to ${MAX_STEPS} steps, got ${steps}. Try 4.`);
		if (!(spread > 0 && Number.isFinite(spread))) throw new TransportError(`ProgOT: expected a spread above 0, got ${spread}. Try 0.05.`);
		const alphas = progotAlphas(schedule, steps);
		const epsilons = progotEpsilons(alphas, spread * cost.standardDeviation, epsilon);
		super(new Sinkhorn(backend, cost, {
			...options,
			epsilon: epsilons[0] ?? epsilon
		}));
		this.#backend = backend;
		this.#ground = cost;
		this.#options = options;
		this.#alphas = alphas;
		this.#epsilons = epsilons;
	}
	get plan() {
		return {
			kind: "entropic",
			cost: this.cost,
			potentials: this.potentials,
			ground: this.#ground
		};
	}
	/** True if every step reached the tolerance. */
	get converged() {
		return this.done && this.#allConverged;
	}
	free() {
		super.free();
		this.#freeStep();
	}
	stageOf(index) {
		return {
			name: "step",
			index,
			count: this.#options.steps
		};
	}
	nextSolve(ended, stage) {
		this.#allConverged &&= ended.converged;
		const last = stage + 1 >= this.#options.steps;
		return Promise.resolve(last ? void 0 : (signal) => this.#step(ended, stage, signal));
	}
	/** Moves the points by the plan of the ended step and creates the solver of the next step. */
	async #step(ended, stage, signal) {
		const { warmStart = false, epsilon } = this.#options;
		const alpha = this.#alphas[stage] ?? 1;
		const { f, g } = await ended.snapshot();
		const scope = new Scope(this.#backend);
		let cost;
		try {
			const moved = scope.own(await this.#images(ended, signal));
			const points = scope.own(this.#backend.weightedSum(this.#ground.points.a, 1 - alpha, moved, alpha));
			scope.free(moved);
			cost = await this.#ground.withRows(points, signal);
			const shrunk = (values) => values.map((value) => (1 - alpha) * value);
			const next = new Sinkhorn(this.#backend, cost, {
				...this.#options,
				epsilon: this.#epsilons[stage + 1] ?? epsilon
			}, warmStart ? { start: {
				f: shrunk(f),
				g: shrunk(g)
			} } : {});
			ended.free();
			this.#freeStep();
			this.#points = scope.release(points);
			this.#stepCost = cost;
			return next;
		} catch (error) {
			cost?.free();
			throw error;
		} finally {
			scope.free();
		}
	}
	/** Computes t(x_k). T·Y = (Tᵀ)ᵀ·Y, so it applies the transposed plan, whose potentials are exchanged. */
	async #images(ended, signal) {
		const { f, g, epsilon } = ended.potentials;
		const cost = ended.cost.transposed();
		try {
			const plan = {
				kind: "entropic",
				cost,
				potentials: {
					f: g,
					g: f,
					epsilon
				}
			};
			return await applyPlan(this.#backend, plan, this.#ground.points.b, 0, cost.columns, signal);
		} finally {
			cost.free();
		}
	}
	#freeStep() {
		this.#stepCost?.free();
		if (this.#points) this.#backend.free(this.#points);
		this.#stepCost = void 0;
		this.#points = void 0;
	}
};
/** Returns α_k for k = 1 … `steps`, as ott-jax's `get_alpha_schedule` ("lin", "exp", "quad"). */
function progotAlphas(schedule, steps) {
	return Array.from({ length: steps }, (_, i) => {
		const k = i + 1;
		if (schedule === "constant") return 1 / (steps - k + 1);
		if (schedule === "decelerating") return 1 / Math.E;
		return (2 * (k + 1) - 1) / ((steps + 1) ** 2 - k ** 2);
	});
}
/**
* Returns ε_k = first + (last − first)·t_{k−1}/t_{K−1}, with t_{k−1} = 1 − Π_{l<k}(1 − α_l): linear in the share of the way done
* before step k, from `first` at step 1 to `last` at step K. ott-jax omits the division, so its last ε is not the requested
* one. All ε_k are `last` if there is one step or `first` is 0 (all costs equal).
*/
function progotEpsilons(alphas, first, last) {
	let left = 1;
	const done = alphas.map((alpha) => {
		const way = 1 - left;
		left *= 1 - alpha;
		return way;
	});
	const all = done.at(-1) ?? 0;
	return done.map((way) => all === 0 || first === 0 ? last : (1 - way / all) * first + way / all * last);
}
// src/transport/solve.ts
/** True if the solver can start from given potentials: it has one ε and one cost. */
var acceptsStart = ({ kind, epsilonRule }) => kind !== "progot" && epsilonRule?.kind !== "perplexity";
/**
* Creates a solver of the problem given by `cost`, which must outlive it. It starts at `start` if given and `acceptsStart`.
* The caller frees it.
* @throws TransportError if an option is out of range, or the ε rule cannot be applied to the cost.
*/
function iterativeSolver(backend, cost, method, start) {
	const rule = method.epsilonRule ?? { kind: "absolute" };
	if (rule.kind === "perplexity") return new PerplexitySearch(backend, cost, method, rule.share);
	const options = {
		...method,
		epsilon: epsilonOf(cost, method.epsilon, rule)
	};
	const started = start ? {
		start,
		startEpsilon: start.epsilon
	} : {};
	switch (options.kind) {
		case "entropic": return new Sinkhorn(backend, cost, options, started);
		case "unbalanced": return new Sinkhorn(backend, cost, options, {
			...started,
			rho: options.rho
		});
		case "progot": return new ProgOt(backend, cost, options);
	}
}
/**
* Solves transport between the rows of `a` and of `b`.
* @throws TransportError if the input is not valid or the solve fails; AbortError once `signal` is aborted.
*/
async function solve(backend, a, b, solver, options = {}) {
	const { signal, solutions } = options;
	const cost = await CostMatrix.build(backend, a, b, {
		cost: options.cost,
		signal
	});
	let iteration;
	try {
		let entries;
		const read = () => entries ??= cost.readAll(signal);
		const key = await solutions?.key(cost, solver, read);
		const known = key === void 0 ? void 0 : solutions?.get(key);
		if (known) return restored(backend, cost, known);
		if (solver.kind === "exact") {
			const assignment = await assign(await read(), cost.rows, cost.columns, { signal });
			if (key !== void 0) solutions?.put(key, {
				kind: "permutation",
				assignment
			});
			return permutation(cost, assignment);
		}
		iteration = iterativeSolver(backend, cost, solver);
		await iteration.run(options);
		const { plan, iterations, converged, epsilon } = iteration;
		const search = iteration instanceof PerplexitySearch ? iteration.report : void 0;
		if (key !== void 0 && plan.kind !== "permutation") {
			const { kind, potentials } = plan;
			solutions?.put(key, {
				kind,
				potentials,
				iterations,
				converged,
				search
			});
		}
		const free = () => {
			iteration?.free();
			cost.free();
		};
		return {
			plan,
			iterations,
			converged,
			epsilon,
			...search ? { search } : {},
			free
		};
	} catch (error) {
		iteration?.free();
		cost.free();
		throw error;
	}
}
/** Makes a result from a cached solution of the same cost; takes ownership of both. */
function restored(backend, cost, solution) {
	if (solution.kind === "permutation") return permutation(cost, solution.assignment);
	const { kind, potentials, iterations, converged, search } = solution;
	const free = () => {
		backend.free(potentials.f, potentials.g);
		cost.free();
	};
	const { epsilon } = potentials;
	return {
		plan: {
			kind,
			cost,
			potentials
		},
		iterations,
		converged,
		epsilon,
		...search ? { search } : {},
		free
	};
}
/** Makes a result from an assignment; frees the cost, which the plan no longer needs. */
function permutation(cost, { assignment, cost: transportCost }) {
	const { columns } = cost;
	cost.free();
	return {
		plan: {
			kind: "permutation",
			assignment,
			columns,
			transportCost
		},
		iterations: 0,
		converged: true,
		epsilon: 0,
		free: () => void 0
	};
}
export { planMeasures as a, applyPlan as i, iterativeSolver as n, solve as r, acceptsStart as t };

//# sourceMappingURL=solve-DyyZ3XKO.mjs.map