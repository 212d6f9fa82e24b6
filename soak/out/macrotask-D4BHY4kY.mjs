// src/macrotask.ts
/** Resolves in a new task, after waiting messages and timers. Unlike `setTimeout`, it is not clamped to 4 ms. */
function macrotask() {
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			port1.close();
			resolve();
		};
		port2.postMessage(void 0);
	});
}
export { macrotask as t };

//# sourceMappingURL=macrotask-D4BHY4kY.mjs.map