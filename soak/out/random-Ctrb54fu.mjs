// src/random.ts
/** Returns a generator of numbers in [0, 1) that gives the same sequence for a seed on every machine (mulberry32). */
function randomSource(seed) {
	let state = seed >>> 0;
	return () => {
		state = state + 1831565813 >>> 0;
		let mixed = Math.imul(state ^ state >>> 15, state | 1);
		mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
		return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
	};
}
/** Returns 0 … `count` − 1 in random order (Fisher–Yates shuffle). */
function shuffled(count, random) {
	const order = Uint32Array.from({ length: count }, (_, i) => i);
	for (let i = count - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		const held = order[i];
		order[i] = order[j];
		order[j] = held;
	}
	return order;
}
export { shuffled as n, randomSource as t };

//# sourceMappingURL=random-Ctrb54fu.mjs.map