// src/backend/kernel-ledger.ts
/** Adds up the calls of kernels by name. */
var KernelLedger = class {
	#times = /* @__PURE__ */ new Map();
	get times() {
		return this.#times;
	}
	/** Adds one call. */
	add(name, milliseconds, work = 0, bytes = 0) {
		const before = this.#times.get(name);
		this.#times.set(name, {
			calls: (before?.calls ?? 0) + 1,
			milliseconds: (before?.milliseconds ?? 0) + milliseconds,
			work: (before?.work ?? 0) + work,
			bytes: (before?.bytes ?? 0) + bytes
		});
	}
};
/** Returns what was added to the sums since `before`, which is an earlier copy of them; kernels without a new call are left out. */
function timesSince(before, now) {
	const since = /* @__PURE__ */ new Map();
	for (const [name, { calls, milliseconds, work, bytes }] of now) {
		const old = before.get(name) ?? {
			calls: 0,
			milliseconds: 0,
			work: 0,
			bytes: 0
		};
		if (calls === old.calls) continue;
		since.set(name, {
			calls: calls - old.calls,
			milliseconds: milliseconds - old.milliseconds,
			work: work - old.work,
			bytes: bytes - old.bytes
		});
	}
	return since;
}
export { timesSince as n, KernelLedger as t };

//# sourceMappingURL=kernel-ledger-BUMNXBWT.mjs.map