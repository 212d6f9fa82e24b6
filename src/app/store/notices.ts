import type { AppStore } from './context';

export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly title: string;
  readonly text?: string;
}

let nextId = 1;

/** Shows a notice until it is dismissed. The same words twice show once. */
export function notify(store: AppStore, tone: Notice['tone'], title: string, text?: string): void {
  store.setState(({ notices }) => {
    const others = notices.filter((notice) => notice.title !== title || notice.text !== text);
    const notice: Notice = { id: nextId++, tone, title, ...(text === undefined ? {} : { text }) };
    return { notices: [...others, notice].slice(-4) };
  });
}

export function dismiss(store: AppStore, id: number): void {
  store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
