import { attentionGradientSizes } from '../checks/gradients';
import type { AttentionPass, AttentionShape, Tensor } from '../operations';
import { attentionScratch } from './kernels/attention';
import { EXPONENTIAL_NS } from './work-split';
import type { Runner } from './runner';

/** Does not read `out`; the kernel explains why. */
export function attentionGradient(
  runner: Runner,
  pass: AttentionPass,
  shape: AttentionShape,
): { q: Tensor; k: Tensor; v: Tensor } {
  const { q, k, v, out, upstream } = pass;
  runner.check(q, k, v, out, upstream);
  const { queries, windows, scale, span, cap } = attentionGradientSizes(pass, shape);
  const { heads, kvHeads, headDim } = shape;
  const group = heads / kvHeads;
  return runner.makeEach({ q: q.shape, k: k.shape, v: v.shape }, 'gradient', (of) => {
    const sharedBytes = 4 * windows * queries * kvHeads * headDim;
    for (const at of [of.k, of.v]) runner.heap.bytes(at, sharedBytes).fill(0);
    runner.withF32([q, k, v, upstream], (qAt, kAt, vAt, slopes) =>
      runner.run(
        'attentionGradient',
        {
          q: qAt,
          k: kAt,
          v: vAt,
          upstream: slopes,
          dQ: of.q,
          dK: of.k,
          dV: of.v,
          kvHeads,
          group,
          headDim,
          queries,
          scale,
          span,
          cap,
        },
        {
          items: windows * kvHeads,
          nanoseconds: (group * queries * queries * (EXPONENTIAL_NS + headDim / 3)) / 2,
          scratch: () => attentionScratch(queries, cap > 0 ? 3 : 2),
        },
      ),
    );
  });
}
