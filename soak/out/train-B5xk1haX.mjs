import { t as continuationText } from "./continuation-DtiOrow4.mjs";
import { t as generate } from "./generate-D1n1kdUD.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { l as DivergedError, n as Training } from "./training-DJR_0L0t.mjs";
import { a as isAbort, n as RequestError } from "./errors-DcHXxH-r.mjs";
import { t as ByteStoreError, w as trainings } from "./cycles.mjs";
import { t as createYielder } from "./yielder-xjQqye8I.mjs";
// src/engine/training/train.ts
/** How long to compute before the event loop may handle messages. */
var SLICE_MS = 8;
/**
* Starts or continues the training of an arm. After a cancel the arm keeps the state of its last whole step, and the next
* request continues from it.
*/
var train = async (workspace, request, context) => {
	const { signal, emit } = context;
	const { arm, maxSteps = Infinity, evaluateEvery } = request;
	if (!(maxSteps >= 1)) throw new RequestError(`train: expected at least 1 step to do, got ${maxSteps}. Ask for more.`);
	const training = await trainingOf(workspace, request, context);
	const { run } = training;
	const pause = createYielder(SLICE_MS);
	const measure = async () => {
		emit({
			type: "evaluation",
			arm,
			evaluation: await training.evaluate(signal)
		});
		if (request.sample) emit({
			type: "sample",
			arm,
			step: run.step,
			text: await sampleText(workspace, training.model, request.sample, signal)
		});
	};
	const known = run.evaluations.at(-1)?.step === run.step;
	const measuresNow = run.step === 0 ? !request.startLater : training.shouldEvaluate(evaluateEvery);
	if (!known && measuresNow) await measure();
	const onStep = (step) => emit({
		type: "step",
		arm,
		step
	});
	const advance = async () => {
		for (let done = 0; done < maxSteps && !run.done; done++) {
			const lastGoodState = run.lastGoodState;
			await training.advance(signal, onStep);
			if (request.keep && run.lastGoodState && run.lastGoodState !== lastGoodState) await keepLastGood(workspace, request.keep, training, run.lastGoodState);
			if (training.shouldEvaluate(evaluateEvery)) {
				await training.collect(onStep);
				await measure();
			}
			await pause();
		}
		await training.collect(onStep);
	};
	try {
		await advance().catch(async (error) => {
			if (isAbort(error)) await training.collect(onStep);
			throw error;
		});
	} catch (error) {
		if (!(error instanceof DivergedError)) throw error;
		training.diverged = error.message;
		await measure();
	}
	return training.result(arm, workspace.summary.kind);
};
var prepareTraining = async (workspace, request, context) => {
	const { run } = await trainingOf(workspace, request, context);
	return { step: run.step };
};
var evaluateStart = async (workspace, request, context) => {
	const { signal, emit } = context;
	const { arm, sample } = request;
	const training = await trainingOf(workspace, request, context);
	const evaluation = await training.evaluateStart(signal);
	emit({
		type: "evaluation",
		arm,
		evaluation
	});
	if (sample) emit({
		type: "sample",
		arm,
		step: 0,
		text: await sampleText(workspace, training.start, sample, signal)
	});
	return evaluation;
};
var bringTraining = async (workspace, request, context) => {
	const { arm, keep } = request;
	const held = workspace.get(trainings).get(arm) !== void 0;
	const state = !held && keep !== void 0 ? await workspace.byteStore.read(keep) : void 0;
	if (!held && !state) throw new RequestError(`expected what ${arm} had learnt, found nothing kept of it. Train it again.`);
	const { run } = await trainingOf(workspace, state ? {
		...request,
		state
	} : request, context);
	return { step: run.step };
};
var keepTraining = async (workspace, { arm, keep }) => {
	const training = workspace.get(trainings).require(arm);
	const { run } = training;
	const lasting = await workspace.byteStore.write(keep, await run.save());
	training.keptStep = run.step;
	return {
		step: run.step,
		lasting
	};
};
var dropTraining = async (workspace, { arm, keep }) => {
	workspace.get(trainings).drop(arm);
	if (keep !== void 0) await workspace.byteStore.remove(keep);
	return null;
};
/** Returns the arm's state as bytes, to pass to `train` later. */
var trainingState = async (workspace, { arm }) => {
	const { run } = workspace.get(trainings).require(arm);
	return {
		arm,
		step: run.step,
		state: await run.save()
	};
};
async function keepLastGood(workspace, name, training, state) {
	training.unkept = await storeState(workspace, name, state);
	if (training.unkept === void 0) training.keptStep = training.run.lastGoodStep;
}
/** Stores a state. @returns the error message if there is no room; training then continues without it. */
async function storeState({ byteStore }, name, state) {
	try {
		await byteStore.write(name, state);
		return;
	} catch (error) {
		if (error instanceof ByteStoreError) return error.message;
		throw error;
	}
}
async function sampleText({ model }, trained, { prompt, maxTokens }, signal) {
	const tokenizer = await model.tokenizer();
	const ids = tokenizer.encode(prompt);
	return continuationText(tokenizer, ids, await generate(trained, ids, {
		maxTokens,
		signal
	}));
}
async function trainingOf(workspace, request, context) {
	const { arm, state } = request;
	const recipe = parseRecipe(request.recipe);
	const key = keyOf(workspace, recipe, request);
	const held = workspace.get(trainings).get(arm);
	if (held?.key === key) return held;
	if (held) throw new RequestError(`train: expected arms of different names, got two different ones named ${JSON.stringify(arm)}. Rename one, or drop the first.`);
	const training = await Training.open(workspace, key, recipe, request, context);
	try {
		const given = workspace.get(trainings).lostState(arm, key) ?? state;
		const kept = given ? void 0 : request.keep && await workspace.byteStore.read(request.keep);
		const from = given ?? kept;
		if (from) training.run.restore(from);
		if (kept) training.keptStep = training.run.step;
		context.signal?.throwIfAborted();
	} catch (error) {
		training.free();
		throw error;
	}
	const made = workspace.get(trainings).get(arm);
	if (made?.key === key) {
		training.free();
		return made;
	}
	workspace.get(trainings).add(arm, training);
	return training;
}
/** Returns a key of everything that a training's results depend on, except the backend. */
function keyOf({ model }, { version: _, model: __, ...recipe }, { texts }) {
	return JSON.stringify([
		model.id,
		recipe,
		texts
	]);
}
export { bringTraining, dropTraining, evaluateStart, keepTraining, prepareTraining, train, trainingState };

//# sourceMappingURL=train-B5xk1haX.mjs.map