import { MEASURE_GROUPS, type Measurement } from '../../measures/measurement';
import { measure } from '../../measures/measure';
import { parseRecipe } from '../../upscale/recipe';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { requestedModel } from './requested-model';
import { RequestError } from '../jobs/errors';
import { windowsOf } from './ids';
import { features } from './features';
import { nulls } from './null';
import type { MeasureRequest } from '../jobs';

const SAMPLE_TOKENS = 128;
/** The cost of attention's softmax and of Gram matrices, both computed on the CPU, is quadratic in this. */
const MAX_SAMPLE_TOKENS = 256;

/** Measures the requested model on a text. */
export const measureText: Job<'measure'> = async (workspace, request, context): Promise<Measurement> => {
  const recipe = request.recipe && parseRecipe(request.recipe);
  const { signal, emit } = context;
  check(request);
  const windows = await windowsOf(workspace.model, request);
  const { sampleTokens = SAMPLE_TOKENS, groups } = request;
  const sample = (windows[0] ?? new Uint32Array()).slice(0, sampleTokens + 1);
  const { model, expansion } = await requestedModel(
    workspace,
    { recipe },
    {
      signal,
      onProgress: (progress) => emit({ type: 'progress', progress }),
    },
  );
  const { checkpoint } = workspace.model;
  const reports = new Map<string, (fraction: number) => void>();
  const options = {
    signal,
    onProgress: ({ label, fraction }: { label: string; fraction: number }) => {
      const report = reports.get(label) ?? progress(context, label);
      reports.set(label, report);
      report(fraction);
    },
  };
  return workspace.get(features).useFor(recipe, options, (found) =>
    measure({ model, checkpoint, expansion, recipe }, windows, sample, {
      ...options,
      groups,
      features: found,
      nulls: workspace.get(nulls),
    }),
  );
};

function check({ groups, sampleTokens }: MeasureRequest): void {
  const unknown = groups?.find((group) => !MEASURE_GROUPS.includes(group));
  if (unknown !== undefined)
    throw new RequestError(`measure: expected groups among ${MEASURE_GROUPS.join(', ')}, got ${unknown}`);
  if (sampleTokens === undefined) return;
  if (Number.isInteger(sampleTokens) && sampleTokens >= 2 && sampleTokens <= MAX_SAMPLE_TOKENS) return;
  throw new RequestError(
    `measure: expected a sample of 2 to ${MAX_SAMPLE_TOKENS} tokens, got ${sampleTokens}. Leave it out for ${SAMPLE_TOKENS}.`,
  );
}
