import type { Facts } from '../../lessons/condition';
import type { ArmReading, ReadingName, RunReading } from '../../lessons/readings';
import { racePreset, RACE_PRESETS } from '../../recipe/race';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { addedParameters, deeperDepth, gapParents, newBlocks } from '../methods/gaps';
import { methodTitle } from '../methods/methods';
import type { AppState } from '../store/app';
import { shownCell } from '../store/derived/cell';
import { evaluationOf } from '../store/derived/evaluation';
import { shownGap } from '../store/derived/gap';
import { lastHalfStep } from '../store/derived/half-step';
import { showsNull } from '../store/derived/null';
import { alignmentKey } from '../store/derived/requested-alignment';
import { sharpnessOf } from '../store/derived/solve';
import { count, duration, fixed, quantity } from '../words/numbers';
import { armReading } from './arm-readings';
import { hasState } from './has-state';
import { raceReading, runReading } from './race-readings';
import { headReading } from './plan-readings';
import { tryReading, writtenByBase } from './try-readings';

/*
 * Room `lessons` of the page: the panel in which lessons run, and the values that they read from the page. Imports all stages; only
 * `shell` imports it.
 */

/** A value of the page; undefined while it is not known. */
type Value = number | string | undefined;

/** False while a changed state has not been passed to the solver yet. */
const isAsked = (state: AppState): boolean => state.align.asked === alignmentKey(state);

/** The alignment of the state on show; undefined while it forms, and before a changed state is solved. */
const finished = (state: AppState) =>
  state.align.phase === 'ready' && isAsked(state) ? state.align.result : undefined;

/** A number of the alignment on show; undefined while it forms, and where there is no such number. */
const ofPlan = (state: AppState, of: (result: NonNullable<ReturnType<typeof finished>>) => Value): Value => {
  const result = finished(state);
  return result && of(result);
};

function heads(state: AppState) {
  const result = finished(state);
  return result && state.model.info && headReading(result, state.model.info);
}

/** Costs of the exact assignments of the alignment and of its null beside it. */
function nullCosts(state: AppState): { readonly cost: number; readonly ofNull: number } | undefined {
  const { phase, result } = state.second;
  const cost = finished(state)?.exactCost;
  const ofNull = phase === 'ready' && showsNull(state) ? result?.exactCost : undefined;
  return cost === undefined || ofNull === undefined ? undefined : { cost, ofNull };
}

const base = (state: AppState) => evaluationOf(state, null)?.result;
const deeper = (state: AppState) => evaluationOf(state, state.recipe.current)?.result;

/** The values of the inspected cell; undefined until they have come. */
function cell(state: AppState) {
  const shown = shownCell(state);
  const { result } = state.cell;
  return shown && result?.row === shown.row && result.column === shown.column ? result : undefined;
}

const READ: Readonly<Record<ReadingName, (state: AppState) => Value>> = {
  'shown.gap': (state) => {
    const gap = shownGap(state);
    return gap === undefined ? undefined : gapParents(state.recipe.current, gap).join('|');
  },
  'shown.tensor': ({ view }) => view.tensor,
  'plan.n': (state) => ofPlan(state, ({ rows }) => rows),
  'plan.perplexity': (state) => ofPlan(state, ({ planPerplexity }) => planPerplexity),
  'plan.sharpness': (state) => ofPlan(state, ({ planPerplexity, rows }) => sharpnessOf(planPerplexity, rows)),
  'plan.cost': (state) => ofPlan(state, ({ transportCost }) => transportCost),
  'plan.exactCost': (state) => ofPlan(state, ({ exactCost }) => exactCost),
  'plan.iterations': (state) => ofPlan(state, ({ iterations }) => iterations),
  'plan.halfSteps': (state) => (state.align.subject === undefined ? undefined : lastHalfStep(state)),
  'plan.error': (state) => ofPlan(state, ({ marginalError }) => marginalError),
  'plan.epsilon': (state) => ofPlan(state, ({ epsilon }) => epsilon),
  'plan.epsilonShare': (state) => ofPlan(state, ({ epsilon, costDeviation }) => epsilon / costDeviation),
  'plan.status': (state) => (isAsked(state) ? state.align.phase : 'forming'),
  'plan.heads': (state) => heads(state)?.heads,
  'plan.headsKept': (state) => heads(state)?.headsKept,
  'plan.pairs': (state) => heads(state)?.pairs,
  'plan.pairsKept': (state) => heads(state)?.pairsKept,
  'cost.mean': (state) => ofPlan(state, ({ costMean }) => costMean),
  'cost.deviation': (state) => ofPlan(state, ({ costDeviation }) => costDeviation),
  'null.cost': (state) => nullCosts(state)?.cost,
  'null.costNull': (state) => nullCosts(state)?.ofNull,
  'null.costShare': (state) => {
    const costs = nullCosts(state);
    return costs && (costs.ofNull - costs.cost) / costs.ofNull;
  },
  'cell.row': (state) => shownCell(state)?.row,
  'cell.column': (state) => shownCell(state)?.column,
  'cell.mass': (state) => cell(state)?.mass,
  'cell.cost': (state) => cell(state)?.cost,
  'cell.partner': (state) => cell(state)?.bestColumns[0]?.index,
  'model.name': ({ model }) => model.info?.name,
  'model.blocks': ({ model }) => model.info?.layers,
  'model.newBlocks': ({ model, recipe }) => model.info && newBlocks(recipe.current, model.info.layers).length,
  'model.deeperBlocks': ({ model, recipe }) => model.info && deeperDepth(recipe.current, model.info.layers),
  'model.added': ({ model, recipe }) => model.info && addedParameters(recipe.current, model.info),
  'loss.base': (state) => base(state)?.loss,
  'loss.deeper': (state) => deeper(state)?.loss,
  'loss.change': (state) => {
    const [before, after] = [base(state), deeper(state)];
    return before && after && after.loss - before.loss;
  },
  'loss.logits': (state) => deeper(state)?.maxLogitDifference,
  'race.status': ({ race }) => race.status,
  'race.winner': (state) => raceReading(state)?.winner,
  'race.early': (state) => raceReading(state)?.early,
  'race.midway': (state) => raceReading(state)?.midway,
  'race.margin': (state) => raceReading(state)?.margin,
  'race.seeds': ({ race }) => race.race?.seeds.length,
  'race.steps': ({ race }) => race.race?.runs[0]?.steps,
  'race.passes': (state) => raceReading(state)?.passes,
  'try.tokens': (state) => tryReading(state)?.tokens,
  'try.same': (state) => tryReading(state)?.same,
  'try.words': (state) => tryReading(state)?.words,
  'try.text': writtenByBase,
  'export.status': ({ exporting }) => exporting.status,
  'export.blocks': ({ exporting }) => exporting.result?.layers,
  'export.unchanged': ({ exporting }) => exporting.result?.unchanged,
};

/** `arm:paper:kept:loss` → the id and the measure. */
function parts(name: string): readonly [id: string, measure: string] {
  const last = name.lastIndexOf(':');
  return [name.slice(name.indexOf(':') + 1, last), name.slice(last + 1)];
}

function read(state: AppState, activity: Readonly<Record<string, number | string>>, name: string): Value {
  if (name.startsWith('activity.')) return activity[name.slice('activity.'.length)];
  const [id, measure] = parts(name);
  if (name.startsWith('arm:')) return armReading(state, id, measure as ArmReading);
  if (name.startsWith('run:')) return runReading(state, id, measure as RunReading);
  return Object.hasOwn(READ, name) ? READ[name as ReadingName](state) : undefined;
}

/**
 * What conditions and texts of lessons ask the page.
 * @param activity values that the step's activity has reported, by their name without `activity.`.
 */
export function factsOf(state: AppState, activity: Readonly<Record<string, number | string>>): Facts {
  return {
    hasState: (fragment) => hasState(state, fragment),
    read(name) {
      const value = read(state, activity, name);
      return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
    },
  };
}

const WHOLE = new Set(
  'plan.n plan.iterations plan.halfSteps cell.row cell.column cell.partner race.seeds race.steps export.blocks'.split(
    ' ',
  ),
);
const signed = (value: number) => (value === 0 ? '0' : `${value > 0 ? '+' : ''}${fixed(value, 4)}`);

/** The title of an arm of a preset, by its id. */
function armTitle(id: string): string {
  const arms = RACE_PRESETS.flatMap((preset) => racePreset(preset, DEFAULT_RECIPE, 2, methodTitle).arms);
  return arms.find((arm) => arm.id === id)?.title ?? id;
}

/** Writes a reading as the page writes such a number. Arms are written by their title. */
export function formatReading(name: string, value: number | string): string {
  if (typeof value === 'string') return /^race\.(winner|midway|early)$/.test(name) ? armTitle(value) : value;
  const measure = /[\w]+$/.exec(name)?.[0] ?? '';
  if (/change$/i.test(measure) || measure === 'margin') return signed(value);
  if (name === 'loss.logits' || measure === 'logits') return value === 0 ? '0' : quantity(value, 3);
  if (/^(loss\.|arm:.*:loss$|run:.*:(start|early|half|end|old|training)$)|loss$/i.test(name))
    return fixed(value, 4);
  if (measure === 'error' && name.startsWith('run:')) return fixed(value, 4);
  if (measure === 'stepMs') return duration(value);
  if (measure === 'times') return quantity(value, 3);
  if (name === 'plan.perplexity') return quantity(value, 3);
  if (/^(plan\.sharpness|cell\.mass)$/.test(name)) return quantity(value, 3);
  if (/^(spread|normKept|normToNext|cosinePrevious|cosineNext|halfNext)$/.test(measure))
    return fixed(value, 3);
  if (/[sS]hare$/.test(measure)) return `${quantity(100 * value, 2)} %`;
  return WHOLE.has(name) || Number.isInteger(value) ? count(value) : quantity(value);
}
