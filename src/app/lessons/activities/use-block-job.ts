import { useEffect, useRef, useState } from 'react';
import type { Jobs } from '../../../engine/jobs';
import { isAbort, toFailure } from '../../store/core/failure';
import { useApp, useAppState } from '../../store/use-app';

/** The text that losses are measured on, and how many tokens of it at most. */
type OnText = 'text' | 'maxTokens';

/**
 * Runs a job on one block and the text on show. It is cancelled when the activity leaves the page.
 * @returns what to call, whether it runs, and why it failed.
 */
export function useBlockJob<N extends 'twin' | 'shuffled'>(name: N) {
  const { context, evaluations } = useApp();
  const tokens = useAppState(({ view }) => view.tokens);
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<string>();
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);

  async function run(args: Omit<Jobs[N]['args'], OnText>): Promise<Jobs[N]['result'] | undefined> {
    if (current.current) return undefined;
    const controller = new AbortController();
    current.current = controller;
    const { signal } = controller;
    setRunning(true);
    setFailure(undefined);
    try {
      const text = await evaluations.currentText(signal);
      return await context.engine.run(name, { ...args, text, maxTokens: tokens } as Jobs[N]['args'], {
        signal,
      });
    } catch (error) {
      if (!isAbort(error)) setFailure(toFailure(error).message);
      return undefined;
    } finally {
      current.current = undefined;
      if (!signal.aborted) setRunning(false);
    }
  }
  return { run, running, failure };
}
