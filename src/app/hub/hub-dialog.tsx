/*
 * Room `hub`: the dialogs that open models from a Hugging Face Hub and free what is kept of them. Imports no stage.
 */

import { useEffect, useId, useRef, useState } from 'react';
import {
  HUB_ENDPOINT,
  HUB_EXPECTED,
  type HubModel,
  hubEndpoint,
  readHubInput,
  writeHub,
} from '../../recipe/hub';
import { TermMark } from '../glossary/term';
import { ActionButton } from '../controls/action-button';
import { Busy } from '../controls/busy';
import { Dialog } from '../controls/dialog';
import { endpointOf } from '../store/session/hub-source';
import { useApp, useAppState } from '../store/use-app';
import { useHub } from '../store/use-hub';
import { FoundModel } from './found-model';
import { Problem } from './problem';
import { SuggestionList } from './suggestion-list';
import '../styles/hub.css';

/** A model as typed: without `hub:` and without the address of its Hub, which has its own field. */
function textOf(model: HubModel): string {
  const { endpoint: _, ...own } = model;
  return writeHub(own)
    .replace(/^hub:/, '')
    .replace(/@main$/, '');
}

/** Dialog that finds a model on a Hub by its name, says what opening it takes, and opens it. */
export function HubDialog() {
  const { store, link } = useApp();
  const hub = useHub();
  const lookUp = useAppState((state) => state.hub.lookUp);
  const [asked] = useState(() => {
    const model = store.getState().hub.asked;
    return model?.kind === 'hub' ? model : undefined;
  });
  // A model that could not be opened without a token is already there.
  const before = lookUp.status === 'idle' ? asked : lookUp.model;
  const [text, setText] = useState(before ? textOf(before) : '');
  const [address, setAddress] = useState(before ? endpointOf(before) : HUB_ENDPOINT);
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    if (asked) void hub.find(asked);
    (before && !asked ? secret : field).current?.focus();
    return () => hub.reset();
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [hub]);

  /** Returns the model of the fields, or says what is wrong with them. */
  function typed(name: string): HubModel | undefined {
    const endpoint = hubEndpoint(address);
    const read = readHubInput(name);
    if (read === undefined) setProblem(`Expected ${HUB_EXPECTED}, got “${name}”.`);
    else if (endpoint === undefined)
      setProblem(`Expected the address of a Hub such as ${HUB_ENDPOINT}, got “${address}”.`);
    else return endpoint === HUB_ENDPOINT ? read : { endpoint, ...read };
    return undefined;
  }

  function find(name: string): void {
    const wanted = typed(name);
    if (wanted === undefined) return;
    // An empty field keeps a token that was given before.
    if (token !== '') hub.setToken(wanted, token);
    // What was pressed may go away.
    field.current?.focus();
    void hub.find(wanted);
  }

  function edited(change: () => void): void {
    change();
    setProblem(undefined);
    if (lookUp.status !== 'idle') hub.reset();
  }

  function open(wanted: HubModel): void {
    store.setState({ dialog: null });
    void link.choose({ ...wanted, kind: 'hub' });
  }

  const found = lookUp.status === 'done' ? lookUp : undefined;
  return (
    <Dialog title="Open from the Hub" wide onClose={() => store.setState({ dialog: null })}>
      <form
        className="form hub"
        onSubmit={(event) => {
          event.preventDefault();
          if (found) open(found.model);
          else if (lookUp.status !== 'running') find(text);
        }}
      >
        {asked && (
          <p>
            A link asks for this model. Nothing of its weights is read before you open it; closing this dialog
            leaves it alone.
          </p>
        )}
        <span className="labelled">
          <label htmlFor={id}>Model on the Hugging Face Hub</label>
          <TermMark id="hub" />
        </span>
        <input
          ref={field}
          id={id}
          value={text}
          placeholder="owner/name"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => edited(() => setText(target.value))}
        />
        <p
          id={`${id}-hint`}
          className={problem === undefined ? 'hint' : 'problem'}
          role={problem ? 'alert' : undefined}
        >
          {problem ??
            'Add @revision for another branch, tag or commit than main. Only the ranges needed are read, and kept for the next visit.'}
        </p>
        {lookUp.status === 'idle' && (
          <SuggestionList
            onChoose={(repo) => {
              setText(repo);
              find(repo);
            }}
          />
        )}
        {lookUp.status === 'running' && (
          <Busy label="Looking it up…" progress={lookUp.progress} onCancel={hub.reset} />
        )}
        {lookUp.status === 'failed' && <Problem model={lookUp.model} failure={lookUp.failure} />}
        {found && <FoundModel summary={found.summary} />}
        <details
          className="hub-more"
          open={lookUp.status === 'failed' || address !== HUB_ENDPOINT || undefined}
        >
          <summary>Token and address</summary>
          <label htmlFor={`${id}-token`}>Access token</label>
          <input
            ref={secret}
            id={`${id}-token`}
            type="password"
            value={token}
            placeholder="hf_…"
            autoComplete="off"
            aria-describedby={`${id}-token-hint`}
            onChange={({ target }) => edited(() => setToken(target.value))}
          />
          <p id={`${id}-token-hint`} className="hint">
            Only for gated and private models. It stays in this tab’s memory until the page is closed, and is
            sent to the address below alone.
          </p>
          <label htmlFor={`${id}-address`}>Address of the Hub</label>
          <input
            id={`${id}-address`}
            value={address}
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => edited(() => setAddress(target.value))}
          />
        </details>
        <div className="row spread wrap">
          <button type="button" className="link-button" onClick={() => store.setState({ dialog: 'kept' })}>
            Kept downloads
          </button>
          <div className="row">
            <button type="button" className="button" onClick={() => store.setState({ dialog: null })}>
              Cancel
            </button>
            <ActionButton
              type="submit"
              className="button primary"
              unavailable={lookUp.status === 'running' ? 'The Hub is being asked' : undefined}
            >
              {found ? 'Open' : 'Look up'}
            </ActionButton>
          </div>
        </div>
      </form>
    </Dialog>
  );
}
