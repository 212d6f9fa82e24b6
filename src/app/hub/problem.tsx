import type { JobFailure } from '../../engine/jobs';
import type { HubModel } from '../../recipe/hub';
import { endpointOf } from '../store/session/hub-source';

/** Why a model was not found, and where to go next. */
export function Problem({ model, failure }: { readonly model: HubModel; readonly failure: JobFailure }) {
  return (
    <div className="problem-box" role="alert">
      <p>{failure.message}</p>
      {failure.name === 'GatedRepositoryError' && (
        <p>
          <a href={`${endpointOf(model)}/${model.repo}`} target="_blank" rel="noreferrer">
            Ask for access to {model.repo}
          </a>
        </p>
      )}
    </div>
  );
}
