import type { Contender, Device, Prepared } from './contender';
import type { Ort, OrtSession } from './libraries';
import { ATTENTIONS } from './onnx-attention';
import { type Chain, product, sinkhorn, softmax } from './onnx-chain';
import { type Node, onnxModel } from './onnx-model';
import type { AttentionProblem, Problem, SinkhornProblem } from './problem';
import { centred, errorOf, expectedOf } from './reference';

/** Addresses of the runtime's script and WebAssembly. Not bundled, since its threads load the script again. */
export type OrtFiles = { readonly mjs: string; readonly wasm: string };

/** onnxruntime-web. It runs graphs, so that a chain is one graph, whose operands are constants of the model as weights are. */
export async function openOnnx(device: Device, threads: number, files: OrtFiles): Promise<Contender> {
  const module: unknown =
    device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  const ort = module as Ort;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = files;
  ort.env.logLevel = 'error';
  return {
    name: 'onnxruntime-web',
    description: `${device}, ${threads} threads`,
    prepare: (problem) => prepare(ort, device, problem),
    close: () => undefined,
  };
}

async function prepare(ort: Ort, device: Device, problem: Problem): Promise<Prepared | undefined> {
  if (problem.kind === 'product') return prepared(ort, device, product(problem));
  if (problem.kind === 'softmax') return prepared(ort, device, softmax(problem));
  if (problem.kind === 'sinkhorn') return prepareSinkhorn(ort, device, problem);
  if (problem.kind !== 'attention') return undefined;
  return fastestAttention(ort, device, problem);
}

/** The fastest way of writing it that this device runs, and runs right. */
async function fastestAttention(
  ort: Ort,
  device: Device,
  problem: AttentionProblem,
): Promise<Prepared | undefined> {
  let best: { readonly prepared: Prepared; readonly time: number } | undefined;
  const expected = await expectedOf(problem, 2, false);
  for (const way of ATTENTIONS) {
    const candidate = prepared(ort, device, way(problem));
    let time = Infinity;
    try {
      const answer = await candidate.run(2);
      const start = performance.now();
      await candidate.run(2);
      if (expected && errorOf(answer, expected) < expected.tolerance) time = performance.now() - start;
    } catch {
      // Not every operator exists on every device.
    }
    const better = time < (best?.time ?? Infinity);
    (better ? best?.prepared : candidate)?.free();
    if (better) best = { prepared: candidate, time };
  }
  return best?.prepared;
}

/** Builds a session for a number of steps when it is first asked for. */
function prepared(ort: Ort, device: Device, chain: Chain): Prepared {
  const sessions = new Map<number, OrtSession>();
  const one = new ort.Tensor('float32', Float32Array.of(1), [1]);
  return {
    async run(steps) {
      let session = sessions.get(steps);
      if (!session) {
        // One at a time, since each holds copies of the constants.
        await Promise.all([...sessions.values()].map((old) => old.release()));
        sessions.clear();
        session = await ort.InferenceSession.create(modelOf(chain, steps), {
          executionProviders: [device],
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
        });
        sessions.set(steps, session);
        // Kernels are compiled in the first run.
        await session.run({ one });
      }
      const { sample } = await session.run({ one });
      if (!sample) throw new Error('the graph has an output named sample');
      return Float32Array.from(sample.data);
    },
    free: () => {
      for (const session of sessions.values()) void session.release();
    },
  };
}

function modelOf({ constants, start, step, sample, sampleShape }: Chain, steps: number): Uint8Array {
  // The start is multiplied by an input that is 1: of constants alone the whole chain would be computed when the session is made.
  const nodes: Node[] = [{ op: 'Mul', inputs: [start, 'one'], outputs: ['state0'] }];
  let state = 'state0';
  for (let i = 1; i <= steps; i++) {
    const next = step(state, i);
    nodes.push(...next.nodes);
    state = next.state;
  }
  nodes.push(...sample(state));
  return onnxModel({ nodes, constants, inputs: { one: [1] }, outputs: { sample: sampleShape } });
}

function prepareSinkhorn(ort: Ort, device: Device, problem: SinkhornProblem): Prepared {
  const { form, n } = problem;
  const chain = prepared(ort, device, sinkhorn(problem));
  return {
    ...chain,
    async run(steps) {
      const values = await chain.run(steps);
      const potentials = form === 'log' ? values : values.map(Math.log);
      return Float32Array.from(centred(potentials.subarray(0, n), potentials.subarray(n)));
    },
  };
}
