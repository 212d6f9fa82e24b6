import { t as macrotask } from "./macrotask-D4BHY4kY.mjs";
// src/yielder.ts
/**
* For long computations on one thread: returns a function to call at every step. Once `milliseconds` have passed since the last
* yield, it returns a promise to await, which lets the event loop handle messages; else undefined.
* The function throws when `signal` is aborted.
*/
function createYielder(milliseconds, signal) {
	let last = performance.now();
	const yieldNow = async () => {
		await macrotask();
		last = performance.now();
		signal?.throwIfAborted();
	};
	return () => {
		signal?.throwIfAborted();
		return performance.now() - last < milliseconds ? void 0 : yieldNow();
	};
}
export { createYielder as t };

//# sourceMappingURL=yielder-xjQqye8I.mjs.map