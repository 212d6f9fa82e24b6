import { useEffect, useRef } from 'react';
import type { ModelInfo } from '../../engine/jobs';
import { ChevronIcon } from '../controls/icons';
import { Popover } from '../controls/popover';
import { fromFileInput, fromFolderInput } from '../files/picked';
import { deeperDepth } from '../methods/gaps';
import { SHIPPED_NAME } from '../store/session/model';
import { useApp, useAppState } from '../store/use-app';

/** dtypes of a model, the most frequent first. */
function dtypeWords(dtypes: ModelInfo['dtypes']): string {
  const names = Object.entries(dtypes).toSorted((a, b) => b[1] - a[1]);
  return names.map(([name]) => name.toLowerCase()).join(', ');
}

/** The open model, and a menu to open another. */
export function ModelMenu() {
  const { store, model } = useApp();
  const info = useAppState((state) => state.model.info);
  const opening = useAppState((state) => state.model.opening);
  const blocks = useAppState(({ model: { info: open }, recipe }) =>
    open === undefined ? 0 : deeperDepth(recipe.current, open.layers),
  );
  const menu = useRef<HTMLDivElement>(null);
  // A chosen or dropped folder leaves the menu open otherwise, over the stage.
  useEffect(() => {
    if (opening !== undefined) menu.current?.closest<HTMLElement>('[popover]')?.hidePopover();
  }, [opening]);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);

  const label = (
    <>
      <span className="chip-name">{opening ? `Opening ${opening.name}…` : (info?.name ?? 'No model')}</span>
      {info && !opening && (
        <small>
          {info.layers} → {blocks}
          <span className="chip-detail"> blocks · {dtypeWords(info.dtypes)}</span>
        </small>
      )}
      <ChevronIcon />
    </>
  );

  return (
    <>
      <Popover control="model" className="chip" label={label} title="Model">
        {(id) => {
          const closing = { type: 'button', popoverTarget: id, popoverTargetAction: 'hide' } as const;
          return (
            <div ref={menu} className="menu">
              <button {...closing} onClick={() => void model.openShipped()}>
                {SHIPPED_NAME}
                <small>the shipped model</small>
              </button>
              <hr />
              <button {...closing} onClick={() => store.setState({ dialog: 'hub' })}>
                Open from the Hub…
                <small>by name, only what is needed</small>
              </button>
              <button {...closing} onClick={() => folder.current?.click()}>
                Open folder…
                <small>as the Hub lays it out</small>
              </button>
              <button {...closing} onClick={() => files.current?.click()}>
                Open files…
                <small>config.json, weights, tokenizer, or a .gguf</small>
              </button>
              <button {...closing} onClick={() => store.setState({ dialog: 'url' })}>
                Open URL…
                <small>a folder or a .gguf on a web server</small>
              </button>
              <hr />
              <button {...closing} onClick={() => store.setState({ dialog: 'kept' })}>
                Kept downloads…
                <small>list and free</small>
              </button>
              <button {...closing} onClick={() => store.setState({ dialog: 'about' })}>
                About this model
              </button>
            </div>
          );
        }}
      </Popover>
      <input
        ref={folder}
        type="file"
        hidden
        aria-label="Model folder"
        {...{ webkitdirectory: '' }}
        onChange={({ target }) => {
          if (target.files?.length) {
            const picked = fromFolderInput(target.files);
            void model.openFiles(picked.files, picked.name);
          }
          target.value = '';
        }}
      />
      <input
        ref={files}
        type="file"
        hidden
        multiple
        aria-label="Model files"
        onChange={({ target }) => {
          if (target.files?.length) {
            const picked = fromFileInput(target.files);
            void model.openFiles(picked.files, picked.name);
          }
          target.value = '';
        }}
      />
    </>
  );
}
