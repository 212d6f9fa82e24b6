import type { KeyboardEvent } from 'react';
import { useRef } from 'react';
import { TABS } from '../../recipe/view';
import { StageTools } from '../align/stage/tools';
import { useApp, useAppState } from '../store/use-app';
import { PresenterTools } from './presenter-tools';

const TITLES = { align: 'Align', map: 'Map', compare: 'Compare', train: 'Train', try: 'Try' } as const;

/** Tabs that choose the stage. */
export function Tabs() {
  const { view } = useApp();
  const tab = useAppState((state) => state.view.tab);
  const presenter = useAppState((state) => state.view.presenter);
  const hide = useAppState((state) => state.view.hide);
  const reachable = TABS.filter((name) => !hide.includes(`tab-${name}`));
  const tabStop = reachable.includes(tab) ? tab : reachable[0];
  const list = useRef<HTMLDivElement>(null);

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = reachable[(reachable.indexOf(tab) + step + reachable.length) % reachable.length] ?? tab;
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
            tabIndex={name === tabStop ? 0 : -1}
            onClick={() => view.show({ tab: name })}
            onKeyDown={onKeyDown}
          >
            {TITLES[name]}
          </button>
        ))}
      </div>
      {tab === 'align' && <StageTools />}
      {presenter && <PresenterTools />}
    </div>
  );
}
