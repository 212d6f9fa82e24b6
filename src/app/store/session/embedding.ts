/** What the page tells the page around it, by `postMessage`. */
interface HeightMessage {
  readonly type: 'interlayer:height';
  /** Height of the content in CSS pixels. */
  readonly height: number;
}

/** Tells the page around this one the height of `content`, now and after every change. Nothing else is told, to anyone. */
export function tellHeight(content: Element): void {
  document.documentElement.dataset['embed'] = 'on';
  let told = 0;
  const observer = new ResizeObserver(() => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (height === told || window.parent === window) return;
    told = height;
    const message: HeightMessage = { type: 'interlayer:height', height };
    // To any origin: the page does not know who shows it, and its height is no secret.
    window.parent.postMessage(message, '*');
  });
  observer.observe(content);
}
