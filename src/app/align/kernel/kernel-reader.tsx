/* Room `align/kernel`: shows the WGSL that made the picture. Imports no other room of Align. */

import { memo, useEffect, useRef, useState } from 'react';
import type { KernelView } from '../../../recipe/view';
import { TermMark } from '../../glossary/term';
import { CloseIcon } from '../../controls/icons';
import { Segments } from '../../controls/segments';
import { useApp, useAppState } from '../../store/use-app';
import { shownScaling } from '../../store/derived/scaling';
import { computesWords } from '../../words/computes';
import type { KernelName } from './kernels';
import { PASSAGES, passageLines, loadKernel, kernelsFor } from './kernels';
import { tokenize } from './wgsl';
import '../../styles/kernel.css';

const CHOICES: readonly { value: Exclude<KernelView, 'none'>; label: string }[] = [
  { value: 'cost', label: 'cost' },
  { value: 'sinkhorn', label: 'Sinkhorn' },
  { value: 'picture', label: 'picture' },
];

/** Loads the source text of kernels; undefined until it is loaded. */
function useSources(names: readonly KernelName[]): { texts: readonly string[] | undefined; failed: boolean } {
  const [loaded, setLoaded] = useState<{ id: string; texts?: readonly string[] }>();
  const id = names.join();
  useEffect(() => {
    let gone = false;
    Promise.all((id.split(',') as KernelName[]).map(loadKernel)).then(
      (texts) => !gone && setLoaded({ id, texts }),
      () => !gone && setLoaded({ id }),
    );
    return () => {
      gone = true;
    };
  }, [id]);
  const current = loaded?.id === id ? loaded : undefined;
  return { texts: current?.texts, failed: current !== undefined && current.texts === undefined };
}

/** A line of a kernel. Memoised, because few lines change between half-steps. */
const Line = memo(function Line({ text, lit }: { text: string; lit: boolean }) {
  return (
    <span className="kernel-line" data-lit={lit}>
      {tokenize(text).map(({ kind, text: piece }, i) => (
        // The index is a safe key, because the line never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={i} className={`wgsl-${kind}`}>
          {piece}
        </span>
      ))}
      {'\n'}
    </span>
  );
});

/** The WGSL that made the picture. Lines that ran for the half-step on show are highlighted. */
export function KernelReader() {
  const { view } = useApp();
  const choice = useAppState((state) => state.view.kernel);
  const kind = useAppState((state) => state.picture.shown?.picture.kind ?? 'plan');
  const scaling = useAppState(shownScaling);
  const backend = useAppState((state) => state.backend.summary);
  const plan = useAppState((state) => state.align.subject?.plan);
  const chosen = choice === 'none' ? 'sinkhorn' : choice;
  const { kernels, active, words } = kernelsFor(chosen, kind, scaling);
  const { texts, failed } = useSources(kernels);
  const box = useRef<HTMLDivElement>(null);
  const firstActive = active[0];

  // Scrolls to the first highlighted line, inside the reader only, never the page.
  useEffect(() => {
    if (texts === undefined || firstActive === undefined) return;
    const room = box.current;
    const line = room?.querySelector<HTMLElement>('[data-lit=true]');
    if (room && line) room.scrollTop = line.offsetTop - room.clientHeight / 4;
  }, [texts, firstActive]);

  return (
    <aside className="kernel" aria-labelledby="kernel-title" data-scaling={scaling}>
      <div className="row spread">
        <span className="labelled">
          <h2 id="kernel-title">Kernel</h2>
          <TermMark id="kernel" />
        </span>
        <Segments
          name="Which kernel"
          options={CHOICES}
          value={chosen}
          onChoose={(kernel) => view.show({ kernel })}
        />
        <button
          type="button"
          className="icon-button"
          aria-label="Close the kernel"
          onClick={() => view.show({ kernel: 'none' })}
        >
          <CloseIcon />
        </button>
      </div>
      <p className="kernel-words" role="status">
        {chosen === 'sinkhorn' && plan === 'permutation'
          ? 'The assignment was found exactly, on the CPU; no half-step ran.'
          : words}
      </p>
      {backend && (
        <p className="hint">
          {backend.kind === 'webgpu'
            ? `Run by ${computesWords(backend)}.`
            : `Computed by ${computesWords(backend)} with the same formula, not by this text, which a GPU would run. The tests hold both to the same numbers.`}
        </p>
      )}
      {failed ? (
        <p className="problem" role="alert">
          The kernel’s text could not be fetched. Check the connection and choose it again.
        </p>
      ) : (
        // Users must be able to focus and scroll it with the keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div ref={box} className="kernel-text" tabIndex={0} role="region" aria-label="Text of the kernel">
          {texts &&
            kernels.map((name, i) => {
              const source = texts[i] ?? '';
              const passages = active.filter((passage) => PASSAGES[passage].kernel === name);
              const lit = new Set(passages.flatMap((passage) => passageLines(passage, source)));
              return (
                <section key={name} data-active={passages.length > 0} aria-label={`${name}.wgsl`}>
                  <h3>
                    shaders/<b>{name}</b>.wgsl
                  </h3>
                  <pre>
                    <code>
                      {source
                        .trimEnd()
                        .split('\n')
                        .map((line, number) => (
                          // oxlint-disable-next-line react/no-array-index-key
                          <Line key={number} text={line} lit={lit.has(number)} />
                        ))}
                    </code>
                  </pre>
                </section>
              );
            })}
        </div>
      )}
    </aside>
  );
}
