export interface WithUpdate {
  readonly update: {
    /** A newer version of the page: none is known, one is kept and can take over, or it can when other tabs are closed. */
    readonly phase: 'none' | 'ready' | 'elsewhere';
  };
}

export const INITIAL_UPDATE: WithUpdate['update'] = { phase: 'none' };
