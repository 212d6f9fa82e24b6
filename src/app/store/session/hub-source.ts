import type { HubSource } from '../../../engine/jobs';
import { HUB_ENDPOINT, type HubModel } from '../../../recipe/hub';
import type { Context } from '../core/store';

/** Address of the Hub that a model is on. */
export const endpointOf = ({ endpoint = HUB_ENDPOINT }: HubModel): string => endpoint;

/** Returns where the engine reads a model, with the token that was given for its Hub. */
export function hubSource(model: HubModel, tokens: Context<object>['tokens']): HubSource {
  const token = tokens.get(endpointOf(model));
  return { kind: 'hub', ...model, ...(token === undefined ? {} : { token }) };
}
