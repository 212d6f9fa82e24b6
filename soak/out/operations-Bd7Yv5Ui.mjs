// src/backend/operations.ts
/** Columns of the result of `rowMoments`. */
var ROW_MOMENT = {
	mean: 0,
	squares: 1
};
/** Columns of the result of `planRows`. */
var PLAN_ROW = {
	mass: 0,
	entropy: 1,
	cost: 2,
	argmax: 3,
	peak: 4
};
export { ROW_MOMENT as n, PLAN_ROW as t };

//# sourceMappingURL=operations-Bd7Yv5Ui.mjs.map