import type { KeyboardEvent } from 'react';
import { useRef } from 'react';
import { TABS } from '../../recipe/view';
import { StageTools } from '../align/stage/tools';
import { useApp, useAppState } from '../store/use-app';

const TITLES = { align: 'Align', map: 'Map', compare: 'Compare', train: 'Train', try: 'Try' } as const;

/** Tabs that choose the stage. */
export function Tabs() {
  const { view } = useApp();
  const tab = useAppState((state) => state.view.tab);
  const list = useRef<HTMLDivElement>(null);

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? 'align';
    view.show({ tab: next });
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }

  return (
    <div className="tab-row">
      <div ref={list} className="tabs" role="tablist" aria-label="Views" data-control="tabs">
        {TABS.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            data-control={`tab-${name}`}
            aria-selected={name === tab}
            aria-controls="tab-panel"
            tabIndex={name === tab ? 0 : -1}
            onClick={() => view.show({ tab: name })}
            onKeyDown={onKeyDown}
          >
            {TITLES[name]}
          </button>
        ))}
      </div>
      {tab === 'align' && <StageTools />}
    </div>
  );
}
