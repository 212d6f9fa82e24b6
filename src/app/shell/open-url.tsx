import { useId, useState } from 'react';
import { Dialog } from '../controls/dialog';
import { patch } from '../store/core/store';
import { folderOrFile } from '../store/session/model';
import { useApp, useAppState } from '../store/use-app';

/** Dialog that opens a model from the address of its folder or GGUF file. */
export function OpenUrl() {
  const { store, link } = useApp();
  const asked = useAppState((state) => (state.hub.asked?.kind === 'url' ? state.hub.asked.url : undefined));
  const [text, setText] = useState(asked ?? '');
  const [problem, setProblem] = useState<string>();
  const id = useId();
  const close = () => {
    patch(store, 'hub', { asked: undefined });
    store.setState({ dialog: null });
  };

  function submit(): void {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      setProblem(`Expected an address such as https://host/folder/, got “${text}”.`);
      return;
    }
    close();
    void link.choose({ kind: 'url', url: folderOrFile(url.href) });
  }

  return (
    <Dialog title="Open a model from an address" onClose={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {asked !== undefined && (
          <p>
            A link asks for this model. Nothing was read of it. Once you open it, its headers are, and then
            the parts that a view needs: of a large model that may be many MiB.
          </p>
        )}
        <label htmlFor={id}>
          Address of the folder that holds config.json and the .safetensors files, or of a .gguf file
        </label>
        <input
          id={id}
          value={text}
          placeholder="https://host/folder/"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(undefined);
          }}
        />
        <p
          id={`${id}-hint`}
          className={problem === undefined ? 'hint' : 'problem'}
          role={problem ? 'alert' : undefined}
        >
          {problem ??
            'The server must answer byte ranges and allow other sites to read it (CORS). Only the ranges needed are read.'}
        </p>
        <div className="row end">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary">
            Open
          </button>
        </div>
      </form>
    </Dialog>
  );
}
