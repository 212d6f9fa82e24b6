import type { Store } from '../core/store';
import type { Notice, WithNotices } from '../state/notices';

type Needs = WithNotices;

let nextId = 1;

/** Shows a notice until it is dismissed. A notice with the same text is replaced; at most four are shown. */
export function notify(
  store: Store<Needs>,
  tone: Notice['tone'],
  title: string,
  text?: string,
  offer?: Notice['offer'],
): void {
  store.setState(({ notices }) => {
    const others = notices.filter((notice) => notice.title !== title || notice.text !== text);
    const notice: Notice = {
      id: nextId++,
      tone,
      title,
      ...(text === undefined ? {} : { text }),
      ...(offer === undefined ? {} : { offer }),
    };
    return { notices: [...others, notice].slice(-4) };
  });
}

const told = new WeakSet<Store<Needs>>();

/** Says once that the browser has not stored what the page asked it to. */
export function notifyNotKept(store: Store<Needs>): void {
  if (told.has(store)) return;
  told.add(store);
  notify(
    store,
    'info',
    'This browser does not keep what is done here',
    'Its storage is full or blocked, so results of Compare, the way through lessons and drafts are lost when the page is closed. Save what you need as files.',
  );
}

/** Says that the engine stopped or does not answer, and offers to start it again. */
export function offerRestart(store: Store<Needs>, title: string, text: string): void {
  withdrawRestart(store);
  notify(store, 'error', title, text, 'start again');
}

/** Takes back the offer, because the engine answers again or was started again. */
export function withdrawRestart(store: Store<Needs>): void {
  store.setState(({ notices }) => ({ notices: notices.filter(({ offer }) => offer !== 'start again') }));
}

export function dismiss(store: Store<Needs>, id: number): void {
  store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
