import { nodeThreads } from '../src/backend/wasm/thread-node';
import type { Contender } from './peers/contender';
import { openJax } from './peers/jax';
import { openOurs } from './peers/ours';
import { ROWS } from './peers/problem';
import { ratio } from './peers/report';
import { expectedRound, type Measured, measureRow, remember } from './peers/rounds';
import { openTensorflow } from './peers/tensorflow';
import { printTable, short } from './table';

const NAMES = ['ours', 'jax-js', 'tfjs'] as const;
const BUDGET = { rounds: 300, longestRound: 1500, whole: Infinity };

/**
 * Measures us beside jax-js and tfjs through Dawn in Node, if their packages lie where Node finds them from the bundle. Rows are
 * those of the page's table, until `seconds` are over.
 */
export async function printNodePeers(gpu: GPU, seconds: number): Promise<void> {
  // Both take WebGPU from where a browser has it.
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu, userAgent: 'Node', platform: process.platform, hardwareConcurrency: 1 },
    configurable: true,
  });
  const contenders: Contender[] = [await openOurs('webgpu', () => gpu, nodeThreads())];
  for (const open of [() => openJax('webgpu'), () => openTensorflow('webgpu', {}, 1)]) {
    try {
      contenders.push(await open());
    } catch (error) {
      console.log(`not here: ${String(error).split('\n')[0]}`);
    }
  }
  if (contenders.length > 1) await printRows(contenders, performance.now() + 1000 * seconds);
  for (const contender of contenders) contender.close();
}

async function printRows(contenders: readonly Contender[], end: number): Promise<void> {
  const measured: Measured = new Map();
  const table: string[][] = [];
  for (const row of ROWS) {
    if (expectedRound(row, measured) > BUDGET.longestRound) continue;
    if (performance.now() > end) {
      console.log('the rest is left out, the time is over');
      break;
    }
    const result = await measureRow(row, 'webgpu', contenders, BUDGET);
    remember(measured, row, result);
    const cells = NAMES.map((name) => {
      const outcome = result.outcomes[name];
      return !outcome ? '–' : 'missing' in outcome ? 'failed' : short(outcome.milliseconds);
    });
    table.push([row.group, row.shape, ...cells, `${ratio(result)?.toFixed(2) ?? '–'} ×`]);
    console.log(table.at(-1)?.join('  '));
    for (const [name, outcome] of Object.entries(result.outcomes))
      if ('missing' in outcome && outcome.missing !== 'not offered')
        console.log(`  ${name}: ${outcome.missing}`);
  }
  console.log('\nmilliseconds of a step through Dawn in Node');
  printTable(['what', 'shape', ...NAMES, 'ours / best peer'], table);
}
