import type { ControlName } from '../../recipe/controls';
import { ORDERS, TENSORS } from '../../recipe/view';
import { nullProblem } from '../store/derived/null';
import type { App } from '../store/app';

/** Where a key works: on the whole page, or while the named part has the focus. */
type Scope = 'page' | 'tower' | 'picture' | 'ribbons' | 'map';

interface Shortcut {
  readonly keys: readonly string[];
  readonly scope: Scope;
  readonly words: string;
  /** The control that does the same. While it is hidden the key does nothing. */
  readonly control?: ControlName;
  /** Action of a key of the page. Other keys are handled by their part. */
  readonly run?: (app: App, key: string) => void;
}

/** All keys, for handling and for the help dialog. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ['?'],
    scope: 'page',
    control: 'keys',
    words: 'This sheet',
    run: ({ store }) => store.setState({ dialog: 'help' }),
  },
  {
    keys: ['Ctrl+Z'],
    scope: 'page',
    control: 'undo',
    words: 'Undo the last change of the recipe',
    run: ({ recipe }) => recipe.undo(),
  },
  {
    keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
    scope: 'page',
    control: 'undo',
    words: 'Redo',
    run: ({ recipe }) => recipe.redo(),
  },
  {
    keys: TENSORS.map((_, i) => String(i + 1)),
    scope: 'page',
    control: 'tensors',
    words: `Show tensor ${TENSORS.join(', ')}`,
    run: ({ view }, key) => {
      const tensor = TENSORS[Number(key) - 1];
      if (tensor !== undefined) view.showTensor(tensor);
    },
  },
  {
    keys: ['[', ']'],
    scope: 'page',
    control: 'tower',
    words: 'The next new block down, up',
    run: ({ view }, key) => view.stepGap(key === ']' ? 1 : -1),
  },
  {
    keys: ['C'],
    scope: 'page',
    control: 'pictures',
    words: 'Picture of the cost',
    run: ({ view }) => view.show({ picture: 'cost', ribbons: false }),
  },
  {
    keys: ['P'],
    scope: 'page',
    control: 'pictures',
    words: 'Picture of the plan',
    run: ({ view }) => view.show({ picture: 'plan', ribbons: false }),
  },
  {
    keys: ['X'],
    scope: 'page',
    control: 'pictures',
    words: 'Picture of the exact permutation',
    run: ({ view }) => view.show({ picture: 'permutation', ribbons: false }),
  },
  {
    keys: ['R'],
    scope: 'page',
    control: 'pictures',
    words: 'Ribbons between the strongest pairs, or the picture',
    run: ({ view, store }) => view.show({ ribbons: !store.getState().view.ribbons }),
  },
  {
    keys: ['M'],
    scope: 'page',
    control: 'orders',
    words: 'Index order or matched order',
    run: ({ view, store }) =>
      view.show({ order: store.getState().view.order === 'index' ? 'matched' : 'index' }),
  },
  {
    keys: ['O'],
    scope: 'page',
    control: 'orders',
    words: `Next order: ${ORDERS.join(', ')}`,
    run: ({ view, store }) => {
      const next = (ORDERS.indexOf(store.getState().view.order) + 1) % ORDERS.length;
      view.show({ order: ORDERS[next] ?? 'index' });
    },
  },
  {
    keys: ['V'],
    scope: 'page',
    control: 'second',
    words: 'A second picture beside the first, or one again',
    run: ({ view, store }) =>
      store.getState().view.panes === 'off' ? view.openSecond() : view.closeSecond(),
  },
  {
    keys: ['N'],
    scope: 'page',
    control: 'null',
    words: 'The null beside the plan, or the plan alone',
    run: ({ view, store }) => {
      if (nullProblem(store.getState()) === undefined) view.toggleNull();
    },
  },
  {
    keys: ['D'],
    scope: 'page',
    control: 'describe',
    words: 'The picture in words',
    run: ({ view, store }) => view.show({ describe: !store.getState().view.describe }),
  },
  {
    keys: ['W'],
    scope: 'page',
    control: 'kernel',
    words: 'The kernel that made the picture',
    run: ({ view, store }) =>
      view.show({ kernel: store.getState().view.kernel === 'none' ? 'sinkhorn' : 'none' }),
  },
  {
    keys: ['G'],
    scope: 'page',
    control: 'backend',
    words: 'The backend: device, memory, kernels',
    run: ({ store }) => store.setState({ dialog: 'device' }),
  },
  {
    keys: ['K'],
    scope: 'page',
    control: 'play',
    words: 'Play or pause',
    run: ({ timeline }) => timeline.toggle(),
  },
  {
    keys: [',', '.'],
    scope: 'page',
    control: 'play',
    words: 'Half-step back, forward',
    run: ({ timeline }, key) => timeline.step(key === '.' ? 1 : -1),
  },
  { keys: ['ArrowUp', 'ArrowDown', 'Home', 'End'], scope: 'tower', words: 'Go from gap to gap' },
  { keys: ['Enter'], scope: 'tower', words: 'Show this new block on the stage; add one in an empty gap' },
  { keys: ['Space'], scope: 'tower', words: 'Add or remove the new block' },
  { keys: ['Delete'], scope: 'tower', words: 'Remove the new block' },
  {
    keys: ['Alt+ArrowUp', 'Alt+ArrowDown'],
    scope: 'tower',
    words: 'Move the new block to the next empty gap',
  },
  {
    keys: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'],
    scope: 'picture',
    words: 'Move the cell cursor (with Shift ten cells, with Ctrl a hundred)',
  },
  { keys: ['PageUp', 'PageDown'], scope: 'picture', words: 'A quarter of the rows in sight up, down' },
  { keys: ['Home', 'End'], scope: 'picture', words: 'First, last column (with Ctrl corner cells)' },
  { keys: ['+', '-'], scope: 'picture', words: 'Zoom in, out, around the cell cursor' },
  { keys: ['0'], scope: 'picture', words: 'All of the matrix' },
  { keys: ['Enter'], scope: 'picture', words: 'Pin the cell in the inspector' },
  { keys: ['Escape'], scope: 'picture', words: 'Let the pinned cell go' },
  { keys: ['ArrowUp', 'ArrowDown'], scope: 'ribbons', words: 'The next stronger, weaker pair' },
  { keys: ['ArrowLeft', 'ArrowRight'], scope: 'ribbons', words: 'Pairs of the same row and column' },
  { keys: ['Home', 'End'], scope: 'ribbons', words: 'The strongest, the weakest pair' },
  { keys: ['Enter', 'Escape'], scope: 'ribbons', words: 'Pin the pair, let it go' },
  {
    keys: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'],
    scope: 'map',
    words: 'Move the cursor from pair to pair',
  },
  { keys: ['Enter'], scope: 'map', words: 'Choose the pair; again, open it' },
  { keys: ['Escape'], scope: 'map', words: 'Let the chosen pair go; again, one level up' },
];

export const SCOPE_TITLES: Readonly<Record<Scope, string>> = {
  page: 'Anywhere',
  tower: 'In the tower',
  picture: 'In the picture',
  ribbons: 'In the ribbons',
  map: 'In the map',
};

const KEY_WORDS: Readonly<Record<string, string>> = {
  'Alt+ArrowUp': 'Alt ↑',
  'Alt+ArrowDown': 'Alt ↓',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page up',
  PageDown: 'Page down',
  Escape: 'Esc',
};

export function keyWords(key: string): string {
  return KEY_WORDS[key] ?? key;
}

/** Name of a pressed key as in `SHORTCUTS`. Letters are in upper case, so that Caps Lock does not matter. */
function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 && /[a-z]/i.test(event.key) ? event.key.toUpperCase() : event.key;
  if (!event.ctrlKey && !event.metaKey) return key;
  return `Ctrl+${event.shiftKey ? 'Shift+' : ''}${key}`;
}

/** A dialog that was closed keeps the focus until the next frame. */
const TEXT_INPUTS = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, dialog[open]';

/** Shortcuts but for those whose control is hidden. */
export const shownShortcuts = (hide: readonly ControlName[]): readonly Shortcut[] =>
  SHORTCUTS.filter(({ control }) => control === undefined || !hide.includes(control));

/** Runs the page's shortcut of a key, unless the user is typing or a part has handled the key. */
export function handleShortcut(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey) return;
  if (event.target instanceof Element && event.target.closest(TEXT_INPUTS) !== null) return;
  const key = keyName(event);
  const { hide } = app.store.getState().view;
  const shortcut = shownShortcuts(hide).find(({ scope, keys }) => scope === 'page' && keys.includes(key));
  if (shortcut?.run === undefined) return;
  event.preventDefault();
  shortcut.run(app, key);
}
