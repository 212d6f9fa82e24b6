import type { Store } from '../core/store';
import type { Notice, WithNotices } from '../state/notices';

type Needs = WithNotices;

let nextId = 1;

/** Shows a notice until it is dismissed. A notice with the same text is replaced; at most four are shown. */
export function notify(store: Store<Needs>, tone: Notice['tone'], title: string, text?: string): void {
  store.setState(({ notices }) => {
    const others = notices.filter((notice) => notice.title !== title || notice.text !== text);
    const notice: Notice = { id: nextId++, tone, title, ...(text === undefined ? {} : { text }) };
    return { notices: [...others, notice].slice(-4) };
  });
}

export function dismiss(store: Store<Needs>, id: number): void {
  store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
