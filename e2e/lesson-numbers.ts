import { readFileSync } from 'node:fs';
import { measuresOf } from '../src/app/compare/measures';
import { engineRecipe, recipeGaps } from '../src/app/methods/gaps';
import { methodTitle } from '../src/app/methods/methods';
import { formatReading } from '../src/app/lessons/readings';
import { METHOD_IDS } from '../src/engine/methods';
import type { Engine } from '../src/engine/engine';
import { type AlignResult, type Evaluation, type Measurement, SHUFFLED_PARTS } from '../src/engine/jobs';
import { TENSOR_INFO } from '../src/app/words/tensors';
import { ARM_READINGS, type ArmReading } from '../src/lessons/readings';
import { type Against, NEXT } from '../src/recipe/against';
import { decodeLink, type LinkState } from '../src/recipe/link';
import { comparePresets } from '../src/recipe/presets';
import type { Recipe } from '../src/recipe/schema';

const LAYERS = 8;
/** Lessons whose activity shuffles a block. */
const SHUFFLING: ReadonlySet<string> = new Set(['no-order', 'symmetries']);

/** Computes readings anew with an engine that has the shipped model open, from the state of the page's address. */
export class ExpectedNumbers {
  readonly #engine: Engine;
  readonly #evaluations = new Map<string, Promise<Evaluation>>();
  readonly #measurements = new Map<string, Promise<Measurement>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The reading as the lesson should write it; undefined for one that an engine alone cannot know. */
  async text(name: string, fragment: string): Promise<string | undefined> {
    const value = await this.#value(name, decodeLink(fragment, METHOD_IDS).state);
    return value === undefined ? undefined : formatReading(name, value);
  }

  async #value(name: string, state: LinkState): Promise<number | undefined> {
    const [family = '', measure = ''] = name.split('.');
    if (family === 'plan' || family === 'cost') return this.#ofAlignment(name, state);
    if (family === 'null') return this.#ofNull(measure, state);
    if (family === 'cell') return this.#ofCell(measure, state);
    if (family === 'activity')
      return SHUFFLING.has(state.view.lesson ?? '') ? this.#ofActivity(measure, state) : undefined;
    if (family === 'loss') {
      const base = await this.#evaluate(null, state);
      const deeper = await this.#evaluate(state.recipe, state);
      return {
        base: base.loss,
        deeper: deeper.loss,
        change: deeper.loss - base.loss,
        logits: deeper.maxLogitDifference,
      }[measure];
    }
    const [, id, ofArm] = /^arm:(.+):(\w+)$/.exec(name) ?? [];
    return id === undefined ? undefined : this.#ofArm(id, ofArm as ArmReading, state);
  }

  #align({ recipe, view }: LinkState, against: Against = view.against): Promise<AlignResult> {
    return this.#engine.run('align', {
      recipe: engineRecipe(recipe, LAYERS),
      gap: view.gap ?? recipeGaps(recipe, LAYERS).at(-1) ?? 0,
      tensor: TENSOR_INFO[view.tensor].fullName,
      ...(view.part === null ? {} : { part: view.part }),
      ...(against.kind === 'next' ? {} : { against }),
    });
  }

  async #ofNull(measure: string, state: LinkState): Promise<number | undefined> {
    const { exactCost: cost } = await this.#align(state);
    const { exactCost: costNull } = await this.#align(state, state.view.second.against ?? NEXT);
    if (cost === undefined || costNull === undefined) return undefined;
    return { cost, costNull, costShare: (costNull - cost) / costNull }[measure];
  }

  /** Of the pinned cell; the one under the pointer is not in the address. */
  async #ofCell(measure: string, state: LinkState): Promise<number | undefined> {
    const { cell } = state.view;
    if (cell === null) return undefined;
    const { key } = await this.#align(state);
    const { mass, cost } = await this.#engine.run('cell', { key, ...cell });
    return { ...cell, mass, cost }[measure];
  }

  /** Of the lessons on shuffled blocks. What is painted and scaled by hand has tests of its own. */
  async #ofActivity(measure: string, { view }: LinkState): Promise<number | undefined> {
    const on = { text: textOf(view.text), maxTokens: view.tokens };
    const part = SHUFFLED_PARTS.find((each) => measure === `${each}Loss`);
    if (part !== undefined) return (await this.#engine.run('shuffled', { block: 5, part, ...on })).shuffled;
    const { losses, found } = await this.#engine.run('twin', { block: 0, ...on });
    return {
      baseLoss: losses.base,
      copyLoss: losses.copy,
      averageLoss: losses.average,
      averageChange: losses.average - losses.base,
      alignedLoss: losses.aligned,
      units: found.units.right,
      allUnits: found.units.of,
      heads: found.heads.right,
      allHeads: found.heads.of,
      values: found.values.right,
      allValues: found.values.of,
    }[measure];
  }

  async #ofAlignment(name: string, state: LinkState): Promise<number | undefined> {
    const result = await this.#align(state);
    const n = result.rows;
    return {
      'plan.n': n,
      'plan.perplexity': result.planPerplexity,
      'plan.sharpness': 1 - Math.log(result.planPerplexity) / Math.log(n),
      'plan.cost': result.transportCost,
      'plan.exactCost': result.exactCost,
      'plan.iterations': result.iterations,
      'plan.error': result.marginalError,
      'plan.epsilon': result.epsilon,
      'plan.epsilonShare': result.epsilon / result.costDeviation,
      'cost.mean': result.costMean,
      'cost.deviation': result.costDeviation,
    }[name];
  }

  async #ofArm(id: string, measure: ArmReading, state: LinkState): Promise<number | undefined> {
    const presets = comparePresets(state.recipe, methodTitle);
    const arm = presets
      .find((preset) => preset.id === state.view.comparison)
      ?.arms.find((each) => each.id === id);
    if (arm === undefined || !Object.hasOwn(ARM_READINGS, measure) || measure === 'backward')
      return undefined;
    const { nll: _, ...result } = await this.#evaluate(arm.recipe, state);
    const base = await this.#evaluate(null, state);
    const measures = measuresOf(
      { status: 'done', result, measurement: await this.#measure(arm.recipe, state) },
      { base, reference: undefined },
    );
    return measures[measure === 'change' ? 'delta' : measure];
  }

  #evaluate(recipe: Recipe | null, { view }: LinkState): Promise<Evaluation> {
    const request = { recipe: recipe && engineRecipe(recipe, LAYERS), maxTokens: view.tokens };
    const key = JSON.stringify([request, view.text]);
    const known = this.#evaluations.get(key);
    if (known) return known;
    const made = this.#engine.run('evaluate', {
      ...request,
      text: textOf(view.text),
      compareWithBase: recipe !== null,
    });
    this.#evaluations.set(key, made);
    return made;
  }

  #measure(recipe: Recipe | null, { view }: LinkState): Promise<Measurement> {
    const request = { recipe: recipe && engineRecipe(recipe, LAYERS), maxTokens: view.tokens };
    const key = JSON.stringify([request, view.text]);
    const known = this.#measurements.get(key);
    if (known) return known;
    const made = this.#engine.run('measure', { ...request, text: textOf(view.text), groups: ['tensors'] });
    this.#measurements.set(key, made);
    return made;
  }
}

const textOf = (name: string): string => readFileSync(`public/corpus/${name}-heldout.txt`, 'utf8');
