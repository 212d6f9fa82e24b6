import { CONTROLS } from '../src/recipe/controls';
import type { CyclesReport, Idle } from './cycles';
import type { Held } from './memory';
import type { MonkeyReport } from './monkey/monkey';
import type { PageCyclesReport } from './page-cycles';
import { type Row, bounded, fact, fixed, mib } from './row';
import type { TrainingReport } from './training';

const MIB = 2 ** 20;

/** Baseline: the record at a tenth of the way, by when everything is loaded and compiled. */
export function cycleRows({ cycles, seconds, description, idle }: CyclesReport): Row[] {
  const first = idle[Math.floor(idle.length / 10)];
  const last = idle.at(-1);
  if (!first || !last) return [];
  const of = (name: keyof Idle): [number, number] => [first[name], last[name]];
  return [
    fact(
      `open, align, evaluate, close: in Node on ${description}`,
      `${cycles} times in ${seconds.toFixed(0)} s`,
    ),
    fixed('bytes of tensors on the device', last.deviceBytes),
    fixed('tensors', last.tensors),
    bounded('kept for reuse on the device', of('pooledBytes'), 0, mib),
    bounded('JavaScript heap', of('heap'), 4 * MIB, mib),
    bounded('array buffers', of('buffers'), MIB, mib),
    bounded('process', of('resident'), 64 * MIB, mib),
    bounded('threads, timers and files', of('resources'), 0),
  ];
}

export function pageCycleRows({ cycles, seconds, held, complaints }: PageCyclesReport): Row[] {
  return [
    fact('open, align, close: in the page', `${cycles} times in ${seconds.toFixed(0)} s`),
    ...heldRows(held[Math.floor(held.length / 10)], held.at(-1), { detached: 20, listeners: 20 }),
    fixed('console and uncaught', complaints.length),
  ];
}

function heldRows(
  first: Held | undefined,
  last: Held | undefined,
  { detached, listeners }: { detached: number; listeners: number },
): Row[] {
  if (!first || !last) return [];
  return [
    bounded('bytes of tensors on the device', [first.device, last.device], 0, mib),
    bounded('JavaScript heap of the page', [first.heap, last.heap], 8 * MIB, mib),
    bounded('JavaScript heap of the engine', [first.engineHeap, last.engineHeap], 8 * MIB, mib),
    bounded('nodes outside the document', [first.detached, last.detached], detached),
    bounded('listeners', [first.listeners, last.listeners], listeners),
    bounded('workers', [first.workers, last.workers], 0),
  ];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param reference the same training on the CPU backend. */
export function trainingRows(report: TrainingReport, reference: TrainingReport): Row[] {
  const { losses, seconds, description, before, after, held, steps } = report;
  const [early] = held;
  const late = held.at(-1);
  if (!early || !late) return [];
  const tenth = Math.floor(steps / 10);
  const apart = Math.max(
    ...losses.slice(0, 10).map((loss, i) => Math.abs(loss - (reference.losses[i] ?? NaN))),
  );
  const [first, last] = [mean(losses.slice(0, tenth)), mean(losses.slice(-tenth))];
  const theirs = mean(reference.losses.slice(-tenth));
  const four = (value: number): string => value.toFixed(4);
  return [
    fact(`steps on ${description}`, `${losses.length} in ${seconds.toFixed(0)} s`),
    { ...fixed('losses that are not finite', losses.filter((loss) => !Number.isFinite(loss)).length) },
    {
      what: 'mean loss of the first and last tenth',
      start: four(first),
      end: four(last),
      bound: 'less',
      ok: last < first,
    },
    {
      what: 'the last tenth on the CPU',
      start: '',
      end: four(theirs),
      bound: '± 0.02',
      ok: Math.abs(theirs - last) < 0.02,
    },
    {
      what: 'furthest from the CPU in the first ten steps',
      start: '',
      end: apart.toExponential(1),
      bound: '0.005',
      ok: apart < 0.005,
    },
    bounded('bytes of tensors while training', [early.bytes, late.bytes], 0, mib),
    bounded('tensors while training', [early.tensors, late.tensors], 0),
    bounded('bytes of tensors, model open and dropped', [before.bytes, after.bytes], 0, mib),
    bounded('kept for reuse', [early.pooledBytes, late.pooledBytes], MIB, mib),
  ];
}

/** Baseline: the third reset of the document that lasted longest, by when most code is loaded. */
export function monkeyRows(report: MonkeyReport): Row[] {
  const { pressed, found } = report.coverage;
  const named = CONTROLS.filter((name) => pressed.has(name)).length;
  const life = report.lives.toSorted((a, b) => b.length - a.length)[0] ?? [];
  const first = life[Math.min(2, life.length - 1)];
  return [
    fact(
      'random use of the page',
      `${report.actions.toLocaleString('en')} actions in ${report.minutes.toFixed(0)} min, ${report.bursts} probes for life, ${report.resets} resets`,
    ),
    { ...fixed('named controls pressed', named, CONTROLS.length), bound: `${CONTROLS.length}` },
    fact(
      'other controls pressed, by role and name',
      `${[...pressed.keys()].length - named} of ${[...found].length - named} seen`,
    ),
    fixed('faults', report.faults.length),
    fact('documents', `${report.reloads + 1}, the longest with ${life.length} resets`),
    ...heldRows(first, life.at(-1), { detached: 1000, listeners: 200 }),
  ];
}
