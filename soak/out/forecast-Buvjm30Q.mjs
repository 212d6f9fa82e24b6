import { n as expansionWork } from "./forecast-BWZpQ-VG.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
// src/engine/models/speed.ts
/** Side of the measured problems: the smallest that keeps a device busy, and two seconds on a software adapter. */
var SIDE = {
	webgpu: 512,
	cpu: 512,
	software: 256
};
var ITERATIONS = 10;
var measured = {
	make: () => ({}),
	clear: () => void 0
};
/** Returns the speed of the workspace's device, measured once. */
var speedOf = (workspace) => workspace.get(measured).speed ??= measure(workspace.backend);
async function measure(backend) {
	const side = backend.info.software ? SIDE.software : SIDE[backend.info.kind];
	const numbers = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i));
	const scope = new Scope(backend);
	const own = (tensor) => scope.own(tensor);
	try {
		const matrix = own(backend.upload(numbers, [side, side], "f32", "speed"));
		const state = own(backend.zeros([2, side], "state"));
		const potentials = {
			f: own(backend.zeros([side], "f")),
			g: own(backend.zeros([side], "g")),
			epsilon: .1
		};
		const step = { logMarginal: -Math.log(side) };
		const product = await secondsOf(async () => {
			own(backend.matmul(matrix, matrix, { orientation: "nt" }));
			await backend.settle();
		});
		const solve = await secondsOf(async () => {
			const band = {
				cost: matrix,
				rowStart: 0,
				rows: side
			};
			backend.rowPotential(band, potentials, step, state);
			const steps = {
				rows: step,
				columns: step,
				count: ITERATIONS,
				tolerance: 0
			};
			await backend.read(own(backend.sinkhorn(band, potentials, state, steps)));
		});
		const average = await secondsOf(async () => {
			const fresh = own(backend.upload(numbers, [side, side], "f32", "speed"));
			await backend.read(own(backend.weightedSum(fresh, .5, matrix, .5)));
		});
		return {
			operations: 2 * side ** 3 / product,
			visits: ITERATIONS * side ** 2 / solve,
			values: side ** 2 / average
		};
	} finally {
		scope.free();
	}
}
/** Times the second of two runs, because the first compiles kernels and chooses variants. */
async function secondsOf(run) {
	await run();
	const start = performance.now();
	await run();
	return Math.max(performance.now() - start, .001) / 1e3;
}
// src/engine/models/forecast.ts
/** If making the blocks takes longer than this many seconds, the forecast names a quicker method. */
var LONG = 600;
/** Forecasts time and memory of making a recipe's new blocks, and of a quicker method if that takes long. */
var forecastBlocks = async (workspace, request) => {
	const recipe = parseRecipe(request.recipe);
	const speed = await speedOf(workspace);
	const { backend, model, weights } = workspace;
	const ofMethod = (method) => {
		const { blocks, deviceBytes, temporaryBytes, parents, operations, visits, values } = expansionWork({
			...recipe,
			method
		}, model.config, backend.info, weights.blockBytes(0));
		return {
			blocks,
			deviceBytes,
			temporaryBytes,
			readBytes: parents.reduce((sum, index) => sum + weights.blockBytes(index), 0),
			seconds: operations / speed.operations + visits / speed.visits + values / speed.values
		};
	};
	const asked = ofMethod(recipe.method);
	if (asked.seconds <= LONG) return asked;
	const quicker = ofMethod("average");
	return quicker.seconds < asked.seconds / 2 ? {
		...asked,
		quicker: {
			method: "average",
			...quicker
		}
	} : asked;
};
export { forecastBlocks };

//# sourceMappingURL=forecast-Buvjm30Q.mjs.map