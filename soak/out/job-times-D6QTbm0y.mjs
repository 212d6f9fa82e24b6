import { t as hasInstruments } from "./instruments-BLLtqllz.mjs";
import { n as timesSince } from "./kernel-ledger-BUMNXBWT.mjs";
// src/engine/workspace/job-times.ts
/** Times the kernels of jobs that run one at a time, while asked to. Keeps the last job of every name. */
var JobTimes = class {
	#on = false;
	#running;
	/** In the order in which they ended. */
	#ended = /* @__PURE__ */ new Map();
	async set(backend, on) {
		this.#on = on;
		if (hasInstruments(backend)) await backend.timeKernels(on);
	}
	/** Times on another device as on the one before. Forgets jobs of another kind of device. */
	async follow(backend, sameKind) {
		if (!sameKind) this.#ended.clear();
		if (this.#on) await this.set(backend, true);
	}
	/** Runs a job; no other may be recorded meanwhile. */
	async record(job, backend, work) {
		if (!this.#on || !hasInstruments(backend) || !backend.canTimeKernels) return work();
		await backend.settle();
		const running = {
			job,
			backend,
			started: performance.now(),
			before: new Map(backend.kernelTimes())
		};
		this.#running = running;
		try {
			const result = await work();
			await backend.settle();
			return result;
		} finally {
			this.#running = void 0;
			const kernels = kernelsOf(running, false);
			if (kernels.kernels.length > 0) {
				this.#ended.delete(job);
				this.#ended.set(job, kernels);
			}
		}
	}
	report(backend) {
		const instruments = hasInstruments(backend) ? backend : void 0;
		const ended = [...this.#ended.values()].toReversed();
		const running = this.#running && kernelsOf(this.#running, true);
		return {
			memory: backend.memory(),
			timing: instruments?.canTimeKernels ? this.#on ? "on" : "off" : "unavailable",
			jobs: running ? [running, ...ended.filter(({ job }) => job !== running.job)] : ended,
			choices: instruments?.choices?.() ?? []
		};
	}
};
function kernelsOf({ job, backend, started, before }, running) {
	const times = timesSince(before, backend.kernelTimes());
	return {
		job,
		running,
		milliseconds: performance.now() - started,
		kernels: Array.from(times, ([name, time]) => ({
			name,
			...time
		})).sort((a, b) => b.milliseconds - a.milliseconds)
	};
}
export { JobTimes };

//# sourceMappingURL=job-times-D6QTbm0y.mjs.map