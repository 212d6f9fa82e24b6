import { SourceError } from '../errors';

/** What is wrong with a repository, as the name of the error. */
type HubErrorName =
  | 'NoSuchRepositoryError'
  | 'NoAccessError'
  | 'GatedRepositoryError'
  | 'NoSuchRevisionError'
  | 'NoSafetensorsError';

/** A Hub does not give a model. `name` is the kind of problem; it survives the way to another thread. */
export class HubError extends SourceError {
  constructor(name: HubErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}
