import { RAW_EUCLIDEAN } from '../../transport/cost-settings';
import type { Flow } from '../contract/flow';

/** How units are matched where a recipe leaves it to the method. Nothing moves the inputs of a tensor. */
export const FLOW: Flow = {
  plan: 'entropic',
  rescaled: true,
  mlpInput: 'output',
  cost: RAW_EUCLIDEAN,
  epsilon: 'chosen',
};
